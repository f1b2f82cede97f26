#include "framework/report/requirement.hpp"

#include "framework/report/summary.hpp"
#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace steppe::report {

namespace {

bool selected(const pipeline::Requirement& requirement, const std::vector<std::string>& axes,
              const std::vector<std::string>& coordinates) {
  return std::all_of(
      requirement.selectors.begin(), requirement.selectors.end(), [&](const auto& selector) {
        const auto axis = std::find(axes.begin(), axes.end(), selector.first);
        return axis != axes.end() &&
               coordinates[static_cast<std::size_t>(axis - axes.begin())] == selector.second;
      });
}

bool satisfies(double value, pipeline::Comparison comparison, double bound) {
  switch (comparison) {
    case pipeline::Comparison::above:
      return value > bound;
    case pipeline::Comparison::at_least:
      return value >= bound;
    case pipeline::Comparison::below:
      return value < bound;
    case pipeline::Comparison::at_most:
      return value <= bound;
    case pipeline::Comparison::equal:
      return value == bound;
  }
  return false;
}

}  // namespace

Verdict judge(const pipeline::Requirement& requirement, const pipeline::StudyResults& results) {
  auto picked = results;
  std::erase_if(picked.rows, [&](const pipeline::MeasuredRow& row) {
    return !selected(requirement, results.axes, row.coordinates);
  });
  const auto summary = summarise(picked);
  if (summary.points.empty()) return {false, "no point of the results is picked"};
  for (const auto& point : summary.points) {
    const auto q =
        std::find_if(point.quantities.begin(), point.quantities.end(),
                     [&](const TrialMean& mean) { return mean.name == requirement.value_name; });
    const auto where = fmt::format("{}", fmt::join(point.coordinates, ", "));
    if (q == point.quantities.end())
      return {false, fmt::format("there is no '{}' at ({})", requirement.value_name, where)};
    if (q->trials == 0)
      return {false, fmt::format("it is undefined at ({}): {}", where, q->reason)};
    if (!satisfies(q->mean, requirement.comparison, requirement.bound))
      return {false, fmt::format("it is {} at ({})", with_error(q->mean, q->error), where)};
  }
  return {true, ""};
}

}  // namespace steppe::report
