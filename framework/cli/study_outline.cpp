#include "framework/cli/study_outline.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using pipeline::Plan;

/// The coordinates without the axis `test`, which trainings do not have.
std::vector<std::string> point_of(const Plan& plan, const std::vector<std::string>& coordinates) {
  return {coordinates.begin(),
          coordinates.begin() + static_cast<std::ptrdiff_t>(plan.axes.size() - 1)};
}

void widen(Place& place, const Plan& plan, const std::vector<std::string>& point) {
  place.resize(point.size());
  for (std::size_t a = 0; a < point.size(); ++a) {
    auto& [axis, values] = place[a];
    axis = plan.axes[a];
    if (std::find(values.begin(), values.end(), point[a]) == values.end())
      values.push_back(point[a]);
  }
}

}  // namespace

std::string to_text(const Place& place) {
  std::vector<std::string> parts;
  for (const auto& [axis, values] : place)
    parts.push_back(fmt::format("{}={}", axis, fmt::join(values, "|")));
  return report::printable(fmt::format("{}", fmt::join(parts, ", ")), report::LineEnds::escape);
}

std::size_t StudyOutline::shared() const {
  std::size_t out = 0;
  for (const auto needed : points_of_training) out += needed > 1 ? needed - 1 : 0;
  return out;
}

std::vector<std::string> stage_names(const std::vector<pipeline::Stage>& stages) {
  std::vector<std::string> out;
  for (const auto& stage : stages) out.push_back(stage.name);
  return out;
}

std::vector<std::string> data_names(const Plan& plan, const pipeline::DistributionNode& node) {
  std::vector<std::string> out;
  for (const auto data : node.data) out.push_back(plan.data[data].name);
  return out;
}

StudyOutline outline_of(const Plan& plan) {
  StudyOutline out;
  out.trainings.resize(plan.trainings.size());
  out.users_of_data.resize(plan.data.size());
  std::set<std::vector<std::string>> points;
  std::vector<std::set<std::vector<std::string>>> points_of(plan.trainings.size());
  const auto need = [&](std::size_t training, const std::vector<std::string>& coordinates) {
    const auto point = point_of(plan, coordinates);
    points.insert(point);
    if (points_of[training].insert(point).second) widen(out.trainings[training], plan, point);
  };
  for (const auto& row : plan.rows) need(plan.scores[row.score].training, row.coordinates);
  for (const auto& row : plan.sharpness_rows)
    need(plan.sharpness[row.node].training, row.coordinates);
  out.points = points.size();
  for (const auto& needed : points_of) out.points_of_training.push_back(needed.size());
  for (const auto& node : plan.trainings) ++out.users_of_data[node.data];
  for (const auto& node : plan.scores) ++out.users_of_data[node.data];
  for (const auto& node : plan.sharpness) ++out.users_of_data[node.data];
  for (const auto& node : plan.distributions)
    for (const auto data : node.data) ++out.users_of_data[data];
  return out;
}

}  // namespace steppe::cli
