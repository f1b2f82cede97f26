// Frozen: columns that come back as they were. Unlike the attack's own `hold`, which takes them out
// of the gradient, the attack may try them.
#include <steppe/projector.hpp>

namespace {

struct Frozen {
  struct Parameters {
    std::vector<std::string> columns;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::columns>(
          "columns by name, '*' for any characters", steppe::required()));
    }
  } parameters;

  void project(const steppe::Columns& columns, const steppe::Tensor& before,
               const steppe::Tensor& after) const {
    const auto chosen = steppe::columns_named(columns, parameters.columns);
    const auto from = before.host();
    const auto to = after.host();
    for (std::size_t r = 0; r < to.rows(); ++r)
      for (const auto c : chosen) to.row(r)[c] = from.row(r)[c];
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::projector<Frozen>({
    .name = "frozen",
    .summary = "puts columns back as they were",
    .text = "The same columns under the attack's 'hold' have no gradient either; here the gradient "
            "keeps their part, which counts in the length of a step of norm \"l2\".",
    .example = "[projector.frozen]\ncolumns = [\"jet.*\"]\n\n[attack.pgd]\nproject = [\"frozen\"]",
}))
