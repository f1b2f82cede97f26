#include "framework/pipeline/draft.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline {

std::size_t Draft::add(DataNode node) {
  use(node.reader);
  for (const auto& transform : node.transforms) use(transform);
  const auto [found, is_new] = data_.emplace(node.key, plan.data.size());
  if (is_new) plan.data.push_back(std::move(node));
  return found->second;
}

std::size_t Draft::add(TrainingNode node, const Position& data_named) {
  for (const auto* stage : {&node.trainer, &node.model, &node.optimizer}) use(*stage);
  for (const auto& attack : node.attacks) use(attack);
  const auto [found, is_new] = trainings_.emplace(node.key, plan.trainings.size());
  if (is_new) {
    plan.trainings.push_back(std::move(node));
    trained_on.push_back(data_named);
  }
  return found->second;
}

std::size_t Draft::add(ScoreNode node, const Position& data_named) {
  auto key = fmt::format("training {} data {} split {}", node.training, node.data, node.split);
  if (node.attack) {
    use(*node.attack);
    key += " attack " + attack_key(*node.attack);
  }
  for (const auto& metric : node.metrics) {
    use(metric);
    key += " | " + metric.key;
  }
  const auto [found, is_new] = scores_.emplace(std::move(key), plan.scores.size());
  if (is_new) {
    plan.scores.push_back(std::move(node));
    scored_on.push_back(data_named);
  }
  return found->second;
}

std::size_t Draft::add(SharpnessNode node, const Position& data_named) {
  use(node.stage);
  auto key = fmt::format("training {} data {} | {}", node.training, node.data, node.stage.key);
  const auto [found, is_new] = sharpness_.emplace(std::move(key), plan.sharpness.size());
  if (is_new) {
    plan.sharpness.push_back(std::move(node));
    measured_on.push_back(data_named);
  }
  return found->second;
}

std::size_t Draft::add(DistributionNode node, DistributionPlaces places) {
  auto key = fmt::format("{} data {} columns '{}' {} {} {}", node.name, fmt::join(node.data, " "),
                         fmt::join(places.patterns, "' '"), node.split, node.bins,
                         fmt::join(node.range, " "));
  const auto [found, is_new] = distributions_.emplace(std::move(key), plan.distributions.size());
  if (is_new) {
    plan.distributions.push_back(std::move(node));
    shown_at.push_back(std::move(places));
  } else {
    auto& points = shown_at[found->second].points;
    points.insert(points.end(), places.points.begin(), places.points.end());
  }
  return found->second;
}

bool Draft::add_comparison(const Stage& metric) {
  use(metric);
  for (const auto& other : plan.comparisons)
    if (other.name == metric.name) return other.key == metric.key;
  plan.comparisons.push_back(metric);
  return true;
}

bool Draft::uses(std::string_view kind, const std::string& name) const {
  return used_.contains({std::string{kind}, name});
}

void Draft::use(const Stage& stage) {
  used_.emplace(stage.info->kind, stage.name);
  for (const auto& projector : stage.projectors) use(projector);
}

}  // namespace steppe::pipeline
