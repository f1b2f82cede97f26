#include "framework/report/results_difference.hpp"

#include "framework/report/results_tables.hpp"
#include "framework/report/student.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace steppe::report {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// What was measured at a point, by trial.
struct Point {
  std::string stage;
  Json point;
  std::map<std::string, std::string> coordinates;  ///< of the point, in whatever order
  std::map<std::string, Quantities> trials;
  std::size_t over = 0;  ///< trials that a number is over already
};

Quantities quantities_of(const Json& values) {
  Quantities out;
  for (const auto& [name, value] : values.items())
    out.push_back({name, number_of(value, "value"), number_of(value, "uncertainty"),
                   value.value("undefined", "")});
  return out;
}

/// `stage`: the key that names one; nullptr of rows.
void add_points(const Json& list, const char* stage, std::vector<Point>& out) {
  for (const auto& entry : list) {
    auto point = entry.at("point");
    const auto trial = point.value("trial", "");
    point.erase("trial");
    const auto name = stage ? entry.at(stage).get<std::string>() : "";
    auto coordinates = point.get<std::map<std::string, std::string>>();
    auto same = std::ranges::find_if(out, [&](const Point& other) {
      return other.stage == name && other.coordinates == coordinates;
    });
    if (same == out.end())
      same = out.insert(
          out.end(),
          {name, std::move(point), std::move(coordinates), {}, entry.value("trials", 0U)});
    same->trials[trial] = quantities_of(entry.at("values"));
  }
}

std::vector<Point> points_of(const Json& results) {
  std::vector<Point> out;
  add_points(list_of(results, "rows"), nullptr, out);
  add_points(list_of(results, "comparisons"), "metric", out);
  add_points(list_of(results, "sharpness"), "measure", out);
  return out;
}

std::string text_of(const Point& point) {
  const auto place = place_of(point.point);
  if (point.stage.empty()) return place;
  return point.stage + (place.empty() ? "" : " at " + place);
}

Trials trials_of(const Point& point) {
  Trials out;
  for (const auto& [trial, quantities] : point.trials) out.emplace(trial, &quantities);
  return out;
}

std::vector<TrialMean> means_of(const Point& point) {
  std::vector<const Quantities*> trials;
  for (const auto& [trial, quantities] : point.trials) trials.push_back(&quantities);
  auto out = report::means_of(trials);
  for (auto& mean : out)
    if (mean.trials > 0) mean.trials = std::max(mean.trials, point.over);
  return out;
}

bool same_trials(const Point& first, const Point& second) {
  return std::ranges::equal(first.trials, second.trials,
                            [](const auto& a, const auto& b) { return a.first == b.first; });
}

const TrialMean* find(const std::vector<TrialMean>& means, const std::string& name) {
  const auto found =
      std::ranges::find_if(means, [&](const TrialMean& mean) { return mean.name == name; });
  return found == means.end() ? nullptr : &*found;
}

/// What one trial has of this name; nullptr: nothing.
const data::Quantity* find(const Quantities& quantities, const std::string& name) {
  const auto found =
      std::ranges::find_if(quantities, [&](const data::Quantity& q) { return q.name == name; });
  return found == quantities.end() ? nullptr : &*found;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

bool same_quantity(const Point& first, const Point& second, const std::string& name) {
  if (!same_trials(first, second)) return false;
  return std::ranges::equal(first.trials, second.trials, [&](const auto& a, const auto& b) {
    const auto* one = find(a.second, name);
    const auto* other = find(b.second, name);
    if (!one || !other) return one == other;
    return same(one->value, other->value) && same(one->uncertainty, other->uncertainty) &&
           one->undefined == other->undefined;
  });
}

/// Two means whose trials have nothing to do with each other.
TrialMean unpaired(const TrialMean& first, const TrialMean& second) {
  TrialMean out;
  out.name = first.name;
  out.trials = std::min(first.trials, second.trials);
  out.mean = second.mean - first.mean;
  out.median = out.deviation = nan;
  out.error = std::hypot(first.error, second.error);
  return out;
}

/// How far from zero: of a single trial in the uncertainties that the metric gave.
double sigmas(const ValueDifference& value) {
  if (value.difference.trials == 0) return nan;
  if (std::isfinite(value.p_value)) return sigmas_of(value.p_value);
  return value.difference.error > 0 ? std::abs(value.difference.mean) / value.difference.error
                                    : nan;
}

class Comparison {
 public:
  Comparison(const Json& first, const Json& second, ResultsDifference& out)
      : same_seed_{first.at("seed") == second.at("seed")}, out_{out} {}

  void compare(const Point& first, const Point& second) {
    const auto before = means_of(first), after = means_of(second);
    const bool paired = same_seed_ && first.trials.size() > 1 && same_trials(first, second);
    const auto between = differences_of(trials_of(second), trials_of(first));
    auto names = before;
    for (const auto& mean : after)
      if (!find(before, mean.name)) names.push_back(mean);
    for (const auto& mean : names) {
      const auto& name = mean.name;
      if (same_quantity(first, second, name)) {
        ++out_.same_values;
        continue;
      }
      ValueDifference value{first.stage, first.point, name, {}, {}, {}, paired, nan, nan};
      if (const auto* a = find(before, name)) value.first = *a;
      if (const auto* b = find(after, name)) value.second = *b;
      subtract(between, value);
      out_.values.push_back(std::move(value));
    }
  }

 private:
  static void subtract(const std::vector<TrialMean>& between, ValueDifference& value) {
    if (value.first.trials == 0 || value.second.trials == 0) return;
    const auto* paired = value.paired ? find(between, value.name) : nullptr;
    value.difference = paired ? *paired : unpaired(value.first, value.second);
    value.p_value = paired ? p_value(*paired) : p_value(value.first, value.second);
    value.sigmas = sigmas(value);
  }

  bool same_seed_;
  ResultsDifference& out_;
};

/// Without the numbers that are compared one by one.
Json without_values(Json list) {
  for (auto& entry : list) entry.erase("values");
  return list;
}

std::vector<std::string> other_differences(const Json& first, const Json& second) {
  std::vector<std::string> out;
  for (const auto& [key, words] : {std::pair{"seed", "the seed"},
                                   {"axes", "the axes"},
                                   {"data", "events of data sets"},
                                   {"distributions", "distributions"},
                                   {"trainings", "histories of trainings"}})
    if (first.value(key, Json{}) != second.value(key, Json{})) out.emplace_back(words);
  for (const auto& [key, words] : {std::pair{"rows", "curves or numbers of events of points"},
                                   {"comparisons", "curves of metrics of the study"},
                                   {"sharpness", "curves of sharpness"}})
    if (without_values(list_of(first, key)) != without_values(list_of(second, key)))
      out.emplace_back(words);
  return out;
}

}  // namespace

bool ResultsDifference::same() const {
  return values.empty() && only_first.empty() && only_second.empty() && others.empty();
}

ResultsDifference results_difference(const Json& first, const Json& second) {
  ResultsDifference out;
  Comparison comparison{first, second, out};
  const auto before = points_of(first), after = points_of(second);
  const auto partner = [](const std::vector<Point>& among, const Point& of) -> const Point* {
    const auto found = std::ranges::find_if(among, [&](const Point& other) {
      return other.stage == of.stage && other.coordinates == of.coordinates;
    });
    return found == among.end() ? nullptr : &*found;
  };
  for (const auto& point : before)
    if (const auto* other = partner(after, point))
      comparison.compare(point, *other);
    else
      out.only_first.push_back(text_of(point));
  for (const auto& point : after)
    if (!partner(before, point)) out.only_second.push_back(text_of(point));
  out.others = other_differences(first, second);
  return out;
}

}  // namespace steppe::report
