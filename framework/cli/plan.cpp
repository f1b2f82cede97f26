// steppe plan: the nodes of a study before it runs, as text or JSON.
#include "framework/cli/build_id.hpp"
#include "framework/cli/checked.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/study_outline.hpp"
#include "framework/cli/used_stages.hpp"

#include <filesystem>
#include <optional>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using pipeline::Plan;
using pipeline::Stage;

/// "pgd", or "mine (pgd)" where the heading has a name of its own.
std::string called(const Stage& stage) {
  return stage.name == stage.info->name ? stage.name
                                        : fmt::format("{} ({})", stage.name, stage.info->name);
}

std::string training_text(const Plan& plan, const StudyOutline& outline, std::size_t t) {
  const auto& node = plan.trainings[t];
  const auto place = to_text(outline.trainings[t]);
  const auto attacks = stage_names(node.attacks);
  return fmt::format(
      "{}{} on '{}': {}, {} parameters, {}, {}", node.trainer.name,
      place.empty() ? "" : " (" + place + ")", plan.data[node.data].name, called(node.model),
      node.graph.parameters(), called(node.optimizer),
      attacks.empty() ? "clean events" : fmt::format("{}", fmt::join(attacks, ", ")));
}

Json place_json(const Place& place) {
  Json out = Json::object();
  for (const auto& [axis, values] : place) out[axis] = values;
  return out;
}

Json data_json(const Plan& plan, const StudyOutline& outline) {
  Json out = Json::array();
  for (std::size_t d = 0; d < plan.data.size(); ++d) {
    const auto& node = plan.data[d];
    out.push_back({{"name", node.name},
                   {"reader", node.reader.info->name},
                   {"transforms", stage_names(node.transforms)},
                   {"columns", node.columns.size()},
                   {"used_by", outline.users_of_data[d]}});
  }
  return out;
}

Json trainings_json(const Plan& plan, const StudyOutline& outline) {
  Json out = Json::array();
  for (std::size_t t = 0; t < plan.trainings.size(); ++t) {
    const auto& node = plan.trainings[t];
    out.push_back({{"name", node.trainer.name},
                   {"place", place_json(outline.trainings[t])},
                   {"points", outline.points_of_training[t]},
                   {"data", plan.data[node.data].name},
                   {"trainer", node.trainer.info->name},
                   {"model", node.model.name},
                   {"optimizer", node.optimizer.name},
                   {"attacks", stage_names(node.attacks)},
                   {"parameters", node.graph.parameters()}});
  }
  return out;
}

/// "done", or "to do" and why; "" where nobody looked into a store.
std::string state_text(const std::vector<run::NodeState>* states, std::size_t node) {
  if (!states) return "";
  const auto& state = (*states)[node];
  return state.done ? "  [done]" : fmt::format("  [to do: {}]", state.why);
}

void add_state(Json& to, const std::vector<run::NodeState>* states, std::size_t node) {
  if (!states) return;
  to["done"] = (*states)[node].done;
  if (!(*states)[node].done) to["why"] = (*states)[node].why;
}

/// What the store that is there holds of the plan.
std::optional<run::StudyState> look_into_store(const PlanOptions& options,
                                               const CheckedPipeline& checked) {
  const auto folder = options.keeping.store.empty() ? default_store : options.keeping.store;
  if (options.keeping.no_store || !std::filesystem::exists(folder)) return std::nullopt;
  store::Store store{folder};
  return run::state_of(*checked.plan, computing(checked.catalogue), store);
}

}  // namespace

std::string plan_text(const Plan& plan, const run::StudyState* state) {
  const auto outline = outline_of(plan);
  auto out = fmt::format(
      "{}: {}, {}, {}, {}, {}, {}\n", plan.name, counted(outline.points, "point"),
      counted(plan.data.size(), "data set"), counted(plan.trainings.size(), "training"),
      counted(plan.scores.size(), "score"), counted(plan.sharpness.size(), "sharpness measure"),
      counted(plan.rows.size(), "row") + " of results");
  out += fmt::format("axes: {}\n", fmt::join(plan.axes, ", "));
  if (outline.shared() > 0)
    out += fmt::format("shared: {} of the points' trainings are those of other points\n",
                       outline.shared());
  out += "\ndata sets\n";
  for (std::size_t d = 0; d < plan.data.size(); ++d) {
    const auto& node = plan.data[d];
    std::string chain = called(node.reader);
    for (const auto& transform : node.transforms) chain += " -> " + called(transform);
    out += fmt::format("  {}: {}; {} columns; used by {}\n", node.name, chain, node.columns.size(),
                       counted(outline.users_of_data[d], "node"));
  }
  out += "\ntrainings\n";
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    out += "  " + training_text(plan, outline, t) +
           state_text(state ? &state->trainings : nullptr, t) + "\n";
  const auto measured = [&](const auto& node, const std::string& what, const std::string& done) {
    out +=
        fmt::format("  {} of {} ({}) on '{}'{}\n", what, plan.trainings[node.training].trainer.name,
                    to_text(outline.trainings[node.training]), plan.data[node.data].name, done);
  };
  if (!plan.scores.empty()) out += "\nscores\n";
  for (std::size_t s = 0; s < plan.scores.size(); ++s) {
    const auto& node = plan.scores[s];
    measured(node,
             fmt::format("{}{}", fmt::join(stage_names(node.metrics), ", "),
                         node.attack ? ", clean and under " + node.attack->name : ""),
             state_text(state ? &state->scores : nullptr, s));
  }
  if (!plan.sharpness.empty()) out += "\nsharpness\n";
  for (std::size_t s = 0; s < plan.sharpness.size(); ++s)
    measured(plan.sharpness[s], called(plan.sharpness[s].stage),
             state_text(state ? &state->sharpness : nullptr, s));
  if (!plan.distributions.empty()) out += "\ndistributions\n";
  for (std::size_t d = 0; d < plan.distributions.size(); ++d) {
    const auto& node = plan.distributions[d];
    out += fmt::format("  {}: {} of '{}', split '{}'{}\n", node.name, fmt::join(node.columns, ", "),
                       fmt::join(data_names(plan, node), "', '"), node.split,
                       state_text(state ? &state->distributions : nullptr, d));
  }
  if (!plan.comparisons.empty())
    out +=
        fmt::format("\nof the whole study: {}\n", fmt::join(stage_names(plan.comparisons), ", "));
  out += "\nstages\n";
  for (const auto* stage : used_stages(plan)) {
    const auto settings = plugin::to_text(stage->settings);
    out += fmt::format("  {} {}{}{}\n", stage->info->kind, called(*stage),
                       settings.empty() ? "" : ": ", settings);
  }
  return out;
}

Json plan_json(const Plan& plan, const run::StudyState* state) {
  const auto outline = outline_of(plan);
  Json out = {{"pipeline", plan.name},
              {"file", plan.file.string()},
              {"seed", plan.seed},
              {"device", plan.device},
              {"axes", plan.axes},
              {"counts",
               {{"points", outline.points},
                {"shared", outline.shared()},
                {"data", plan.data.size()},
                {"trainings", plan.trainings.size()},
                {"scores", plan.scores.size()},
                {"sharpness", plan.sharpness.size()},
                {"distributions", plan.distributions.size()},
                {"rows", plan.rows.size()},
                {"requirements", plan.requirements.size()}}},
              {"data", data_json(plan, outline)},
              {"trainings", trainings_json(plan, outline)}};
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    add_state(out["trainings"][t], state ? &state->trainings : nullptr, t);
  out["scores"] = Json::array();
  for (const auto& node : plan.scores)
    out["scores"].push_back({{"training", node.training},
                             {"data", plan.data[node.data].name},
                             {"split", node.split},
                             {"metrics", stage_names(node.metrics)},
                             {"attack", node.attack ? node.attack->name : "none"}});
  out["sharpness"] = Json::array();
  for (const auto& node : plan.sharpness)
    out["sharpness"].push_back({{"training", node.training},
                                {"data", plan.data[node.data].name},
                                {"name", node.stage.name},
                                {"measure", node.stage.info->name}});
  for (std::size_t s = 0; s < plan.scores.size(); ++s)
    add_state(out["scores"][s], state ? &state->scores : nullptr, s);
  for (std::size_t s = 0; s < plan.sharpness.size(); ++s)
    add_state(out["sharpness"][s], state ? &state->sharpness : nullptr, s);
  out["distributions"] = Json::array();
  for (const auto& node : plan.distributions) {
    Json place = Json::object();
    for (const auto& [axis, value] : node.coordinates) place[axis] = value;
    out["distributions"].push_back({{"name", node.name},
                                    {"place", place},
                                    {"data", data_names(plan, node)},
                                    {"columns", node.columns},
                                    {"split", node.split},
                                    {"bins", node.bins}});
    add_state(out["distributions"].back(), state ? &state->distributions : nullptr,
              out["distributions"].size() - 1);
  }
  out["comparisons"] = stage_names(plan.comparisons);
  out["stages"] = stages_json(plan);
  return out;
}

int show_plan(const PlanOptions& options) {
  const auto checked = check_pipeline(options.pipeline);
  if (!checked.plan) return bad_input;
  const auto state = look_into_store(options, checked);
  const auto* known = state ? &*state : nullptr;
  if (options.json)
    print(plan_json(*checked.plan, known));
  else
    show(stdout, plan_text(*checked.plan, known));
  return success;
}

}  // namespace steppe::cli
