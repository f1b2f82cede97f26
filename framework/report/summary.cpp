#include "framework/report/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

namespace steppe::report {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using Coordinates = std::vector<std::string>;

/// Values of one quantity, a trial each.
struct Sample {
  std::string name;
  std::vector<double> values;
  double single_error = nan;
  std::size_t undefined = 0;
  std::string reason;
};

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

TrialMean mean_of(const Sample& sample) {
  TrialMean out{sample.name, sample.values.size(), sample.undefined, sample.reason, nan, nan, nan,
                nan};
  const auto n = static_cast<double>(sample.values.size());
  if (sample.values.empty()) return out;
  double sum = 0;
  for (const double v : sample.values) sum += v;
  out.mean = sum / n;
  out.median = median_of(sample.values);
  if (sample.values.size() == 1) {
    out.error = sample.single_error;
    return out;
  }
  double square = 0;
  for (const double v : sample.values) square += (v - out.mean) * (v - out.mean);
  out.deviation = std::sqrt(square / (n - 1));
  out.error = out.deviation / std::sqrt(n);
  return out;
}

/// Finds the sample of a name, or starts one: the order is that of first appearance.
Sample& sample_of(std::vector<Sample>& samples, const std::string& name) {
  const auto found = std::find_if(samples.begin(), samples.end(),
                                  [&](const Sample& sample) { return sample.name == name; });
  if (found != samples.end()) return *found;
  samples.push_back({name, {}, nan, 0, ""});
  return samples.back();
}

/// `rows`: pointers to anything with quantities, one a trial.
template <class Rows>
std::vector<TrialMean> means_of(const Rows& rows) {
  std::vector<Sample> samples;
  for (const auto* row : rows)
    for (const auto& quantity : row->quantities) {
      auto& sample = sample_of(samples, quantity.name);
      if (quantity.undefined.empty()) {
        sample.values.push_back(quantity.value);
        sample.single_error = quantity.uncertainty;
      } else {
        if (sample.undefined++ == 0) sample.reason = quantity.undefined;
      }
    }
  std::vector<TrialMean> out;
  for (const auto& sample : samples) out.push_back(mean_of(sample));
  return out;
}

/// Rows of one point, by the trial they belong to.
using Trials = std::map<std::string, const pipeline::MeasuredRow*>;

std::vector<TrialMean> differences_of(const Trials& of, const Trials& minus) {
  std::vector<Sample> samples;
  for (const auto& [trial, row] : of) {
    const auto other = minus.find(trial);
    if (other == minus.end()) continue;
    for (const auto& a : row->quantities)
      for (const auto& b : other->second->quantities) {
        if (a.name != b.name || !a.undefined.empty() || !b.undefined.empty()) continue;
        auto& sample = sample_of(samples, a.name);
        sample.values.push_back(a.value - b.value);
        sample.single_error = std::hypot(a.uncertainty, b.uncertainty);
      }
  }
  std::vector<TrialMean> out;
  for (const auto& sample : samples) out.push_back(mean_of(sample));
  return out;
}

struct Group {
  Coordinates coordinates;
  std::vector<const pipeline::MeasuredRow*> rows;
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
  std::vector<std::vector<const pipeline::MeasuredSharpness*>> trials;
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
    trials[static_cast<std::size_t>(same - out.begin())].push_back(&row);
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
        out.emplace_back(StageMeans{one.metric, one.coordinates, means_of(std::vector{&one})});
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
    group.rows.push_back(&row);
    group.trials[name] = &row;
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
