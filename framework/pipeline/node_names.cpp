#include "framework/pipeline/node_names.hpp"

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

std::string training_name(const std::string& trainer, const Coordinates& coordinates) {
  std::vector<std::string> parts;
  for (const auto& [axis, value] : coordinates) parts.push_back(fmt::format("{}={}", axis, value));
  return parts.empty() ? trainer : fmt::format("{} ({})", trainer, fmt::join(parts, ", "));
}

std::string distribution_name(const Plan& plan, const DistributionNode& node) {
  std::vector<std::string> names;
  for (const auto data : node.data) names.push_back(plan.data[data].name);
  return fmt::format("distribution {} of '{}'", node.name, fmt::join(names, "', '"));
}

}  // namespace

std::vector<Coordinates> training_coordinates(const Plan& plan) {
  std::vector<Coordinates> out(plan.trainings.size());
  const auto name = [&](Coordinates& to, const std::vector<std::string>& coordinates) {
    if (!to.empty()) return;
    for (std::size_t a = 0; a + 1 < plan.axes.size(); ++a)
      to.emplace_back(plan.axes[a], coordinates[a]);
  };
  for (const auto& row : plan.rows) name(out[plan.scores[row.score].training], row.coordinates);
  for (const auto& row : plan.sharpness_rows)
    name(out[plan.sharpness[row.node].training], row.coordinates);
  return out;
}

NodeNames node_names(const Plan& plan) {
  NodeNames out;
  for (const auto& node : plan.data) out.data.push_back(fmt::format("data '{}'", node.name));
  const auto coordinates = training_coordinates(plan);
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    out.trainings.push_back(training_name(plan.trainings[t].trainer.name, coordinates[t]));
  const auto measurement = [&](const std::string& what, const auto& node) {
    return fmt::format("{} {} on '{}'", what, out.trainings[node.training],
                       plan.data[node.data].name);
  };
  for (const auto& node : plan.scores) out.scores.push_back(measurement("score", node));
  for (const auto& node : plan.sharpness)
    out.sharpness.push_back(measurement(node.stage.name, node));
  for (const auto& node : plan.distributions)
    out.distributions.push_back(distribution_name(plan, node));
  for (const auto& metric : plan.comparisons)
    out.comparisons.push_back(fmt::format("compare {}", metric.name));
  return out;
}

}  // namespace steppe::pipeline
