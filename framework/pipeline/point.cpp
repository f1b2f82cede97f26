#include "framework/pipeline/point.hpp"

#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/tables.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/instance.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

/// Everything that decides the trained weights.
std::string training_key(const TrainingNode& node, const DataNode& data, const Plan& plan) {
  auto out = fmt::format("seed {} trial {} splits {} {} {} | {} | {} | {} | {}", plan.seed,
                         node.trial, plan.splits.train, plan.splits.validation, plan.splits.test,
                         data.key, node.model.key, node.optimizer.key, node.trainer.key);
  for (const auto& attack : node.attacks) out += " | " + attack_key(attack);
  return out;
}

}  // namespace

void PointPlanner::plan(const Coordinates& coordinates, std::uint64_t trial) {
  resolver_.check_references();
  std::map<std::string, std::optional<Training>> trainings;
  for (const auto& heading : outline_.headings) {
    const auto& [stage, good] = resolver_.at(heading);
    if (good) draft_.stages.try_emplace(stage.key, stage);
    if (heading.kind->name == "trainer") trainings[heading.name] = training(heading, trial);
  }
  for (const auto& heading : outline_.headings)
    if (heading.kind->name == "sharpness") sharpness(heading, coordinates, trainings);
  if (outline_.distribution)
    for (const auto& heading : outline_.distribution->node.table()->entries)
      if (heading.node.table()) distribution(heading, coordinates);
  if (outline_.evaluate) return evaluate(coordinates, trainings);
  for (auto& [name, training] : trainings)
    if (training) keep(std::move(*training));
}

std::optional<PointPlanner::Training> PointPlanner::training(const Heading& trainer,
                                                             std::uint64_t trial) {
  const auto owner = owner_of(trainer);
  const auto& [stage, is_good] = resolver_.at(trainer);
  const auto& wiring = stage.wiring;
  bool good = is_good;
  const auto one = [&](std::string_view kind) -> Stage {
    for (const auto& named : references(owner, wiring, kind))
      if (auto found = resolver_.stage(kind, named)) return std::move(*found);
    good = false;
    return {};
  };
  Training out;
  out.node.trainer = stage;
  out.node.model = one("model");
  out.node.optimizer = one("optimizer");
  out.node.attacks = attacks(references(owner, stage.wiring, "attack"), good);
  out.node.preprocess = out.node.model.wiring.texts("preprocess");
  out.node.trial = trial;
  std::optional<DataNode> data;
  for (const auto& named : references(owner, stage.wiring, "data")) {
    data = resolver_.data(named);
    out.data_named = named.position;
  }
  if (!good || !data) return std::nullopt;
  out.data = std::move(*data);
  const auto precision = [&](std::string_view setting) {
    return compute::precision_here(*compute::precision_called(wiring.text(setting)),
                                   draft_.plan.device);
  };
  out.node.precision = {precision("precision"), precision("attack_precision")};
  out.node.key = training_key(out.node, out.data, draft_.plan);
  return out;
}

std::vector<Stage> PointPlanner::attacks(const std::vector<Reference>& named, bool& good) {
  std::vector<Stage> out;
  for (const auto& name : named) {
    if (name.name == "none") continue;
    if (auto stage = resolver_.stage("attack", name))
      out.push_back(std::move(*stage));
    else
      good = false;
  }
  return out;
}

std::size_t PointPlanner::keep(Training training) {
  training.node.data = draft_.add(std::move(training.data));
  return draft_.add(std::move(training.node), training.data_named);
}

void PointPlanner::evaluate(const Coordinates& coordinates,
                            std::map<std::string, std::optional<Training>>& trainings) {
  const auto parameters = evaluate_parameters();
  const Owner owner{"[evaluate]", "evaluate", outline_.evaluate->key_position,
                    *outline_.evaluate->node.table()};
  checker_.keys(owner, names_of(parameters));
  auto [settings, good] = checker_.settings(owner, parameters);
  for (const auto* list : {"on", "metrics"})
    if (const auto* setting = settings.find(list); setting && setting->items.empty()) {
      problems_.push_back({owner.table.find(list)->node.position,
                           message::empty_list(fmt::format("evaluate.{}", list))});
      good = false;
    }

  std::optional<Training> training;
  for (const auto& of : references(owner, settings, "of"))
    if (resolver_.stage("trainer", of)) training = std::move(trainings[of.name]);
  const auto split = settings.find("split") ? settings.text("split") : "test";
  if (const auto* written = owner.table.find("split");
      good && data::fraction_of(data::split_named(split), draft_.plan.splits) == 0) {
    problems_.push_back(
        {written ? written->node.position : owner.position, message::empty_split(split)});
    good = false;
  }
  ScoreNode node;
  node.split = split;
  node.metrics = metrics(references(owner, settings, "metrics"), good);
  node.attack = scored_attack(references(owner, settings, "attack"), good);
  const auto on = references(owner, settings, "on");
  if (training && good) {
    node.training = keep(std::move(*training));
    return score(node, on, coordinates);
  }
  for (const auto& named : on) resolver_.data(named);
}

std::optional<Stage> PointPlanner::scored_attack(const std::vector<Reference>& named, bool& good) {
  auto found = attacks(named, good);
  if (found.empty()) return std::nullopt;
  auto& attack = found.front();
  if (plugin::attacked_space(attack.wiring.text("space"), *attack.info) == STEPPE_WEIGHTS) {
    problems_.push_back({named.front().position, message::scores_are_of_events(attack.name)});
    good = false;
  }
  return std::move(attack);
}

void PointPlanner::sharpness(const Heading& heading, const Coordinates& coordinates,
                             const std::map<std::string, std::optional<Training>>& trainings) {
  const auto owner = owner_of(heading);
  const auto& [stage, good] = resolver_.at(heading);
  std::optional<Training> training;
  for (const auto& of : references(owner, stage.wiring, "of"))
    if (resolver_.stage("trainer", of)) training = trainings.at(of.name);
  for (const auto& on : references(owner, stage.wiring, "on")) {
    auto data = resolver_.data(on);
    if (!data || !training || !good) continue;
    const auto trained = keep(*training);
    const auto index = draft_.add(std::move(*data));
    draft_.plan.sharpness_rows.push_back(
        {coordinates, draft_.add(SharpnessNode{trained, index, stage}, on.position)});
  }
}

std::vector<Stage> PointPlanner::metrics(const std::vector<Reference>& named, bool& good) {
  std::vector<Stage> out;
  for (const auto& name : named) {
    const auto same = [&](const Stage& other) { return other.name == name.name; };
    if (std::any_of(out.begin(), out.end(), same)) {
      problems_.push_back({name.position, message::named_twice("evaluate.metrics", name.name)});
      good = false;
    } else if (auto stage = resolver_.stage("metric", name)) {
      out.push_back(std::move(*stage));
    } else {
      good = false;
    }
  }
  std::erase_if(out, [&](const Stage& metric) {
    if (!plugin::functions_of<steppe_metric>(*metric.info).compare) return false;
    if (!draft_.add_comparison(metric)) {
      problems_.push_back({metric.position, message::settings_of_comparison(metric.name)});
      good = false;
    }
    return true;
  });
  return out;
}

void PointPlanner::score(ScoreNode node, const std::vector<Reference>& on,
                         const Coordinates& coordinates) {
  std::map<std::string, std::string> named;  // branch -> data set
  for (const auto& reference : on) {
    auto data = resolver_.data(reference);
    if (!data) continue;
    const auto branch = data->branch;
    if (const auto [first, is_new] = named.emplace(branch, reference.name); !is_new) {
      problems_.push_back(
          {reference.position,
           message::same_branch("the axis 'test'", first->second, reference.name, branch)});
      continue;
    }
    node.data = draft_.add(std::move(*data));
    Row row{coordinates, draft_.add(node, reference.position)};
    row.coordinates.push_back(branch);
    draft_.plan.rows.push_back(std::move(row));
  }
}

}  // namespace steppe::pipeline
