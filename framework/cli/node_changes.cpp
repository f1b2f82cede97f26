#include "framework/cli/node_changes.hpp"

#include "framework/cli/study_outline.hpp"
#include "framework/pipeline/node_names.hpp"
#include "framework/report/aligned.hpp"
#include "framework/run/keep/field_origin.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using pipeline::Plan;

std::string where_text(const NodeChange& change) {
  auto out = change.place ? pipeline::to_text(*change.place) : "";
  if (!change.words.empty()) out += (out.empty() ? "" : ": ") + change.words;
  return out;
}

Json position_json(const pipeline::Position& position) {
  Json out = {{"file", position.file ? *position.file : ""}};
  if (position.line > 0) {
    out["line"] = position.line;
    out["column"] = position.column;
  }
  return out;
}

Json optional_json(const std::optional<std::string>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// "fit (attack=none|fgsm, trial=0)"
std::string training_in_plan(const Plan& plan, const StudyOutline& outline, std::size_t training) {
  const auto place = to_text(outline.trainings[training]);
  return plan.trainings[training].trainer.name + (place.empty() ? "" : " (" + place + ")");
}

}  // namespace

std::vector<StudyNode> nodes_of(const Plan& plan, const run::StudyState& state) {
  const auto names = pipeline::node_names(plan);
  const auto outline = outline_of(plan);
  const auto trainer = [&](std::size_t t) { return "trainer." + plan.trainings[t].trainer.name; };
  const auto measured = [&](const std::string& what, const auto& node) {
    return fmt::format("{} of {} on '{}'", what, training_in_plan(plan, outline, node.training),
                       plan.data[node.data].name);
  };
  std::vector<StudyNode> out;
  for (std::size_t d = 0; d < plan.data.size(); ++d)
    out.push_back({names.data[d], plan.data[d].name, "data", "", &state.data[d]});
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    out.push_back({names.trainings[t], training_in_plan(plan, outline, t), "training", trainer(t),
                   &state.trainings[t]});
  for (std::size_t s = 0; s < plan.scores.size(); ++s) {
    const auto& node = plan.scores[s];
    const auto what = fmt::format("{}", fmt::join(stage_names(node.metrics), ", "));
    out.push_back(
        {names.scores[s], measured(what, node), "score", trainer(node.training), &state.scores[s]});
  }
  for (std::size_t s = 0; s < plan.sharpness.size(); ++s) {
    const auto& node = plan.sharpness[s];
    out.push_back({names.sharpness[s], measured(node.stage.name, node), "sharpness",
                   trainer(node.training), &state.sharpness[s]});
  }
  for (std::size_t d = 0; d < plan.distributions.size(); ++d)
    out.push_back({names.distributions[d], plan.distributions[d].name, "distribution",
                   "distribution." + plan.distributions[d].name, &state.distributions[d]});
  return out;
}

std::vector<NodeChange> changes_of(const StudyNode& node, const pipeline::Document& document) {
  std::vector<NodeChange> out;
  if (!node.state->nearest) return out;
  for (const auto& change : node.state->nearest->changes) {
    run::FieldChange own{run::own_name(change.field), change.now, change.was};
    const auto said = [&](const NodeChange& other) {
      return other.change.field == own.field && other.change.now == own.now &&
             other.change.was == own.was;
    };
    if (std::ranges::any_of(out, said)) continue;
    const auto origin = run::origin_of(change.field, node.owner);
    out.push_back({std::move(own),
                   pipeline::place_of_setting(document, origin.setting, origin.item),
                   origin.setting, origin.words});
  }
  return out;
}

std::string changes_text(const std::vector<NodeChange>& changes) {
  report::Layout table{{{"field", "now", "was", "where"}}, 4};
  table.longest_text = std::numeric_limits<std::size_t>::max();
  for (const auto& one : changes) {
    const auto value = [](const auto& held) { return held ? run::in_short(*held) : "-"; };
    table.lines.push_back(
        {one.change.field, value(one.change.now), value(one.change.was), where_text(one)});
  }
  return report::aligned(std::move(table), 0);
}

Json changes_json(const std::vector<NodeChange>& changes) {
  Json out = Json::array();
  for (const auto& one : changes) {
    Json places = Json::array();
    if (one.place) {
      for (const auto& position : one.place->values) places.push_back(position_json(position));
      places.push_back(position_json(one.place->setting));
    }
    out.push_back({{"field", one.change.field},
                   {"now", optional_json(one.change.now)},
                   {"was", optional_json(one.change.was)},
                   {"setting", one.setting.empty() ? Json(nullptr) : Json(one.setting)},
                   {"default", one.place && one.place->is_default},
                   {"places", std::move(places)},
                   {"words", one.words}});
  }
  return out;
}

}  // namespace steppe::cli
