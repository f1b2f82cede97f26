// Integer: charges, counts and flags stay whole numbers, x' = the integer nearest to x, ties to the
// even one.
//
// A walk goes on from the value that was not rounded: from the rounded one, no step shorter than
// one half would ever lead anywhere.
#include <steppe/projector.hpp>

#include <cmath>

namespace {

struct Integer {
  static constexpr bool each_step = false;

  struct Parameters {
    std::vector<std::string> columns;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::columns>(
          "columns by name, '*' for any characters; none: all that are integers or flags"));
    }
  } parameters;

  void project(const steppe::Columns& columns, const steppe::Tensor&,
               const steppe::Tensor& after) const {
    // Rounds half to even: nobody changes the rounding mode.
    steppe::change_columns(after, chosen(columns), [](float x) { return std::nearbyint(x); });
  }

 private:
  std::vector<std::size_t> chosen(const steppe::Columns& columns) const {
    if (!parameters.columns.empty()) return steppe::columns_named(columns, parameters.columns);
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns.items[i].kind != steppe::ColumnKind::real) out.push_back(i);
    return out;
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::projector<Integer>({
    .name = "integer",
    .summary = "rounds integer columns to the nearest integer",
    .text = "Ties go to the even integer. Flags are rounded like integers: to keep them at 0 and 1 "
            "put a box behind.\n\nAn attack in several steps goes on from the value that was not "
            "rounded, so that small steps add up.",
    .example = "[attack.pgd]\nproject = [\"integer\"]",
}))
