#include "framework/report/summary.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace steppe::report {

namespace {

using Coordinates = std::vector<std::string>;

struct Group {
  Coordinates coordinates;
  std::vector<const Quantities*> rows;
  Trials trials;
};

/// Groups in the order of first appearance.
Group& group_of(std::vector<Group>& groups, const Coordinates& coordinates) {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const Group& group) {
    return group.coordinates == coordinates;
  });
  if (found != groups.end()) return *found;
  groups.push_back({coordinates, {}, {}});
  return groups.back();
}

/// `of` minus `minus`, when they differ on this axis and on no other.
std::optional<PairedDifference> difference(const Group& of, const Group& minus,
                                           const std::vector<std::string>& axes, std::size_t axis) {
  if (of.coordinates[axis] == minus.coordinates[axis]) return std::nullopt;
  auto here = of.coordinates;
  auto there = minus.coordinates;
  here.erase(here.begin() + static_cast<std::ptrdiff_t>(axis));
  there.erase(there.begin() + static_cast<std::ptrdiff_t>(axis));
  if (here != there) return std::nullopt;
  return PairedDifference{axes[axis], std::move(here), of.coordinates[axis],
                          minus.coordinates[axis], differences_of(of.trials, minus.trials)};
}

/// Every two test sets.
std::vector<PairedDifference> test_differences(const std::vector<Group>& groups,
                                               const std::vector<std::string>& axes) {
  std::vector<PairedDifference> out;
  for (std::size_t a = 0; a < groups.size(); ++a)
    for (std::size_t b = a + 1; b < groups.size(); ++b)
      if (auto found = difference(groups[a], groups[b], axes, axes.size() - 1))
        out.push_back(std::move(*found));
  return out;
}

/// Every point against the one with "none", axis by axis.
std::vector<PairedDifference> gains(const std::vector<Group>& groups,
                                    const std::vector<std::string>& axes) {
  std::vector<PairedDifference> out;
  for (std::size_t axis = 0; axis + 1 < axes.size(); ++axis)
    for (const auto& of : groups)
      for (const auto& minus : groups)
        if (minus.coordinates[axis] == "none")
          if (auto found = difference(of, minus, axes, axis)) out.push_back(std::move(*found));
  return out;
}

std::vector<StageMeans> sharpness_means(const pipeline::StudyResults& results, std::size_t trial) {
  std::vector<StageMeans> out;
  std::vector<std::vector<const Quantities*>> trials;
  for (const auto& row : results.sharpness) {
    auto coordinates = row.coordinates;
    if (trial < coordinates.size())
      coordinates.erase(coordinates.begin() + static_cast<std::ptrdiff_t>(trial));
    auto same = std::find_if(out.begin(), out.end(), [&](const StageMeans& other) {
      return other.stage == row.measure && other.coordinates == coordinates;
    });
    if (same == out.end()) {
      same = out.insert(out.end(), {row.measure, std::move(coordinates), {}});
      trials.emplace_back();
    }
    trials[static_cast<std::size_t>(same - out.begin())].push_back(&row.quantities);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i].quantities = means_of(trials[i]);
  std::stable_sort(out.begin(), out.end(),
                   [](const StageMeans& a, const StageMeans& b) { return a.stage < b.stage; });
  return out;
}

std::vector<StageMeans> comparisons(const pipeline::StudyResults& results) {
  std::vector<StageMeans> out;
  for (const auto& one : results.comparisons) {
    auto& added =
        out.emplace_back(StageMeans{one.metric, one.coordinates, means_of({&one.quantities})});
    for (auto& q : added.quantities)
      if (q.trials > 0) q.trials = std::max<std::size_t>(1, one.trials);
  }
  return out;
}

std::vector<ScoredEvents> scored_events(const pipeline::StudyResults& results) {
  std::vector<ScoredEvents> out;
  for (const auto& row : results.rows) {
    if (row.coordinates.empty() || row.events == 0) continue;
    const auto& test = row.coordinates.back();
    auto same = std::find_if(out.begin(), out.end(),
                             [&](const ScoredEvents& other) { return other.test == test; });
    if (same == out.end()) {
      const auto& classes = row.class_events;
      same = out.insert(out.end(),
                        {test, row.events, row.events, classes.size() == 2 ? classes[1] : 0});
    }
    same->fewest = std::min(same->fewest, row.events);
    same->most = std::max(same->most, row.events);
  }
  return out;
}

}  // namespace

Summary summarise(const pipeline::StudyResults& results) {
  Summary out;
  const auto trial_axis = std::find(results.axes.begin(), results.axes.end(), "trial");
  const auto trial = static_cast<std::size_t>(trial_axis - results.axes.begin());
  out.axes = results.axes;
  if (trial < out.axes.size())
    out.axes.erase(out.axes.begin() + static_cast<std::ptrdiff_t>(trial));

  std::vector<Group> groups;
  for (const auto& row : results.rows) {
    auto coordinates = row.coordinates;
    std::string name;
    if (trial < coordinates.size()) {
      name = coordinates[trial];
      coordinates.erase(coordinates.begin() + static_cast<std::ptrdiff_t>(trial));
    }
    auto& group = group_of(groups, coordinates);
    group.rows.push_back(&row.quantities);
    group.trials[name] = &row.quantities;
  }
  for (const auto& group : groups) out.points.push_back({group.coordinates, means_of(group.rows)});
  out.scored = scored_events(results);
  out.differences = test_differences(groups, out.axes);
  out.gains = gains(groups, out.axes);
  out.sharpness = sharpness_means(results, trial);
  out.comparisons = comparisons(results);
  return out;
}

}  // namespace steppe::report
