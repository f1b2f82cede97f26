#include "framework/report/requirement.hpp"

#include "framework/report/student.hpp"
#include "framework/report/summary.hpp"
#include "framework/report/terminal_table.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
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
               static_cast<std::size_t>(axis - axes.begin()) < coordinates.size() &&
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

/// The value is the mean, moved towards the bound by what `@` asks for.
bool holds(const pipeline::Requirement& requirement, const TrialMean& mean) {
  if (requirement.sigmas == 0)
    return satisfies(mean.mean, requirement.comparison, requirement.bound);
  const bool from_above = requirement.comparison == pipeline::Comparison::above ||
                          requirement.comparison == pipeline::Comparison::at_least;
  const double away = errors_for(requirement.sigmas, mean.trials) * mean.error;
  return satisfies(from_above ? mean.mean - away : mean.mean + away, requirement.comparison,
                   requirement.bound);
}

/// The value at one place, over its trials.
Verdict judge(const pipeline::Requirement& requirement, const std::vector<TrialMean>& quantities,
              const std::string& where) {
  const auto q = std::find_if(quantities.begin(), quantities.end(), [&](const TrialMean& mean) {
    return mean.name == requirement.value_name;
  });
  if (q == quantities.end())
    return {false, fmt::format("there is no '{}' at ({})", requirement.value_name, where)};
  if (q->trials == 0) return {false, fmt::format("it is undefined at ({}): {}", where, q->reason)};
  if (requirement.sigmas > 0 && !std::isfinite(q->error))
    return {false, fmt::format("it has no uncertainty at ({}) to measure '@ {} sigma' by", where,
                               requirement.sigmas)};
  if (holds(requirement, *q)) return {true, ""};
  const auto errors =
      requirement.sigmas == 0
          ? ""
          : fmt::format(", and {} sigma are {:.3g} of its errors", requirement.sigmas,
                        errors_for(requirement.sigmas, q->trials));
  return {false, fmt::format("it is {} at ({}){}", with_error(q->mean, q->error), where, errors)};
}

/// "train = pythia, test = herwig"; the axes may go on.
std::string place(const std::vector<std::string>& axes,
                  const std::vector<std::string>& coordinates) {
  std::string out;
  for (std::size_t i = 0; i < coordinates.size(); ++i)
    out += fmt::format("{}{} = {}", i == 0 ? "" : ", ", axes[i], coordinates[i]);
  return out.empty() ? "the whole study" : out;
}

/// Without the results that the selectors do not pick.
pipeline::StudyResults pick(const pipeline::Requirement& requirement,
                            pipeline::StudyResults results) {
  auto without_trial = results.axes;
  std::erase(without_trial, "trial");
  std::erase_if(results.rows, [&](const auto& row) {
    return !selected(requirement, results.axes, row.coordinates);
  });
  std::erase_if(results.sharpness, [&](const auto& row) {
    return row.measure != requirement.stage ||
           !selected(requirement, results.axes, row.coordinates);
  });
  std::erase_if(results.comparisons, [&](const auto& one) {
    const bool named =
        requirement.stage.empty()
            ? std::any_of(one.quantities.begin(), one.quantities.end(),
                          [&](const auto& q) { return q.name == requirement.value_name; })
            : one.metric == requirement.stage;
    return !named || !selected(requirement, without_trial, one.coordinates);
  });
  return results;
}

}  // namespace

Verdict judge(const pipeline::Requirement& requirement, const pipeline::StudyResults& results) {
  const auto summary = summarise(pick(requirement, results));
  std::vector<std::pair<std::string, const std::vector<TrialMean>*>> candidates;
  const auto add = [&](const auto& list) {
    for (const auto& one : list)
      candidates.emplace_back(place(summary.axes, one.coordinates), &one.quantities);
  };
  if (requirement.subject == pipeline::Subject::points) add(summary.points);
  if (requirement.subject == pipeline::Subject::study) add(summary.comparisons);
  if (requirement.subject == pipeline::Subject::sharpness) add(summary.sharpness);
  if (candidates.empty()) return {false, "nothing among the results is picked"};
  for (const auto& [where, quantities] : candidates)
    if (auto verdict = judge(requirement, *quantities, where); !verdict.holds) return verdict;
  return {true, ""};
}

}  // namespace steppe::report
