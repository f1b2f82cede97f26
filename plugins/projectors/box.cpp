// Box: every value inside the limits of its column, x' = min(max(x, low), high): the nearest
// allowed point in any norm.
#include <steppe/projector.hpp>

#include <algorithm>
#include <limits>

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Box {
  struct Parameters {
    std::vector<std::string> columns{"*"};
    std::vector<double> low{-infinity};
    std::vector<double> high{infinity};

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::columns>(
              "columns by name, '*' for any characters; a column goes by the first that covers it"),
          steppe::field<&Parameters::low>("lower limit: one, or one for each of 'columns'",
                                          steppe::unit("units of the columns")),
          steppe::field<&Parameters::high>("upper limit: one, or one for each of 'columns'",
                                           steppe::unit("units of the columns")));
    }
    void validate() const {
      check_count("low", low);
      check_count("high", high);
      for (std::size_t i = 0; i < columns.size(); ++i)
        if (limit(low, i) > limit(high, i))
          throw steppe::Error{"'low' is above 'high' for '" + columns[i] + "'"};
    }
    void check_count(const std::string& name, const std::vector<double>& limits) const {
      if (limits.size() != 1 && limits.size() != columns.size())
        throw steppe::Error{"'" + name + "' has " + std::to_string(limits.size()) +
                            " limits for the " + std::to_string(columns.size()) +
                            " of 'columns'; give one, or one for each"};
    }
    static float limit(const std::vector<double>& limits, std::size_t pattern) {
      return static_cast<float>(limits.size() == 1 ? limits[0] : limits[pattern]);
    }
  } parameters;

  void project(const steppe::Columns& columns, const steppe::Tensor&,
               const steppe::Tensor& after) const {
    const auto& p = parameters;
    std::vector<float> low, high;
    const auto chosen = steppe::columns_named(columns, p.columns);
    for (const auto c : chosen) {
      std::size_t first = 0;
      while (!steppe::matches(p.columns[first], columns.items[c].name)) ++first;
      low.push_back(p.limit(p.low, first));
      high.push_back(p.limit(p.high, first));
    }
    const auto view = after.host();
    for (std::size_t r = 0; r < view.rows(); ++r) {
      const auto row = view.row(r);
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        float& x = row[chosen[i]];
        if (x < low[i]) x = low[i];
        if (x > high[i]) x = high[i];
      }
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::projector<Box>({
    .name = "box",
    .summary = "keeps columns inside limits",
    .text = "x' = min(max(x, low), high). An attack in several steps goes on from the border.\n\n"
            "An event that is outside to begin with is brought in as well.",
    .example = "[projector.box]\ncolumns = [\"*.log_pt\", \"*.delta_r\"]\nlow     = [-14.0, 0.0]\n"
               "high    = [8.0, 0.8]\n\n[attack.pgd]\nproject = [\"box\"]",
}))
