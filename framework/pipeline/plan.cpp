// From a document to a plan: outline, values, matrix, then every point of it, then what plugins say
// about columns and networks. Nothing stops at the first problem.
#include "framework/pipeline/plan.hpp"

#include "framework/compute/device.hpp"
#include "framework/pipeline/check.hpp"
#include "framework/pipeline/draft.hpp"
#include "framework/pipeline/matrix.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/point.hpp"
#include "framework/pipeline/rehearsal.hpp"
#include "framework/pipeline/require.hpp"
#include "framework/pipeline/shapes.hpp"
#include "framework/pipeline/tables.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/layers.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>

namespace steppe::pipeline {

namespace {

class PipelineReader {
 public:
  PipelineReader(const Entry& heading, const Scope& values, std::vector<Problem>& problems)
      : checker_{values, problems},
        table_{*heading.node.table()},
        owner_{"[pipeline]", "pipeline", heading.key_position, table_},
        problems_{problems} {}

  void read(Plan& plan) {
    const auto parameters = pipeline_parameters();
    auto known = names_of(parameters);
    known.emplace_back("splits");
    checker_.keys(owner_, known);
    const auto settings = checker_.settings(owner_, parameters).settings;
    if (settings.find("name")) set_name(plan, settings.text("name"));
    if (settings.find("device")) set_device(plan, settings.text("device"));
    for (const auto& [folder, position] : references(owner_, settings, "plugins"))
      check_plugins(folder, position);
    if (const auto* seed = settings.find("seed"))
      plan.seed = static_cast<std::uint64_t>(std::get<std::int64_t>(seed->items.front()));
    if (const auto* splits = table_.find("splits")) set_splits(plan, *splits);
  }

  std::vector<std::string> plugins() const {
    return checker_.settings(owner_, pipeline_parameters()).settings.texts("plugins");
  }

 private:
  void set_name(Plan& plan, const std::string& name) {
    const auto allowed = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    };
    plan.name = name;
    if (name.empty() || name.size() > 100 || !std::all_of(name.begin(), name.end(), allowed))
      say(position("name"), message::bad_pipeline_name(name));
  }

  /// As it is seen from where the user stands.
  void check_plugins(const std::filesystem::path& folder, const Position& said) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored))
      say(said, message::no_plugin_folder(
                    folder.lexically_proximate(std::filesystem::current_path()).string()));
  }

  void set_device(Plan& plan, const std::string& device) {
    plan.device = compute::device_behind(device);
    if (!compute::is_device_name(device))
      return say(position("device"), message::unknown_device(device));
    if (const auto why = compute::device_trouble(plan.device); !why.empty())
      say(position("device"), message::device_not_there(device, why));
  }

  void set_splits(Plan& plan, const Entry& entry) {
    const auto* table = entry.node.table();
    if (!table) return say(entry.key_position, message::not_a_table("pipeline.splits"));
    auto parts = split_parameters();
    for (auto& part : parts) part.fallback = {0.0};
    const Owner owner{"[pipeline.splits]", "pipeline.splits", entry.key_position, *table};
    const bool keys = checker_.keys(owner, names_of(parts));
    const auto [fractions, good] = checker_.settings(owner, parts);
    if (!keys || !good) return;
    plan.splits = {fractions.real("train"), fractions.real("validation"), fractions.real("test")};
    const double sum = plan.splits.train + plan.splits.validation + plan.splits.test;
    if (std::abs(sum - 1) > 1e-9) say(entry.key_position, message::bad_splits(sum));
    if (plan.splits.train == 0) say(entry.key_position, message::no_training_split());
  }

  Position position(std::string_view key) const {
    const auto* entry = table_.find(key);
    return entry ? entry->node.position : owner_.position;
  }
  void say(const Position& at, std::string sentence) {
    problems_.push_back({at, std::move(sentence)});
  }

  Checker checker_;
  const Table& table_;
  Owner owner_;
  std::vector<Problem>& problems_;
};

/// "moves all columns, holds nothing": an attack without a heading.
std::string moves_of(const Stage& attack) {
  const auto space = plugin::attacked_space(attack.wiring.text("space"), *attack.info);
  return space == STEPPE_WEIGHTS ? "moves all weights" : "moves all columns, holds nothing";
}

/// Attacks and optimizers that a name alone calls, each once: an attack holds nothing then.
void remark_defaults(const Outline& outline, const Plan& plan, std::vector<Problem>& problems) {
  std::set<std::string> said;
  const auto remark = [&](const Stage& stage) {
    const auto& kind = stage.info->kind;
    if (outline.find(kind, stage.name) || !said.insert(stage.key).second) return;
    problems.push_back({stage.position,
                        message::all_defaults(kind, stage.name, plugin::to_text(stage.settings),
                                              kind == "attack" ? moves_of(stage) : ""),
                        Severity::note});
  };
  for (const auto& node : plan.trainings) {
    remark(node.optimizer);
    for (const auto& attack : node.attacks) remark(attack);
  }
  for (const auto& node : plan.scores)
    if (node.attack) remark(*node.attack);
}

/// Scores of the very events that were learnt.
void remark_split(const Outline& outline, const Plan& plan, std::vector<Problem>& problems) {
  if (!outline.evaluate || !outline.evaluate->node.table()) return;
  const auto* split = outline.evaluate->node.table()->find("split");
  for (const auto& node : plan.scores)
    if (split && node.data == plan.trainings[node.training].data &&
        (node.split == "train" || node.split == "all")) {
      problems.push_back(
          {split->node.position, message::scores_of_training_events(node.split), Severity::note});
      return;
    }
}

/// Precisions that no training has here; of the attacks' where there are attacks.
void remark_precision(const Outline& outline, const Plan& plan, std::vector<Problem>& problems) {
  std::vector<std::string> wanted;
  std::optional<Position> first;
  const auto look_at = [&](const Stage& trainer, const char* setting, compute::Precision here) {
    const auto& name = trainer.wiring.text(setting);
    if (name == compute::name_of(here)) return;
    if (std::ranges::find(wanted, name) == wanted.end()) wanted.push_back(name);
    const auto* said = outline.find("trainer", trainer.name)->table->find(setting);
    if (!first) first = said ? said->node.position : trainer.position;
  };
  for (const auto& node : plan.trainings) {
    look_at(node.trainer, "precision", node.precision.update);
    if (!node.attacks.empty()) look_at(node.trainer, "attack_precision", node.precision.attack);
  }
  if (first)
    problems.push_back({*first, message::trained_in_f32(wanted, compute::why_no_bf16(plan.device)),
                        Severity::note});
}

/// Legal but odd.
void remark(const Document& document, const Outline& outline, const Matrix& matrix,
            const Scope& values, const Draft& draft, std::vector<Problem>& problems) {
  const auto note = [&](const Position& at, std::string sentence) {
    problems.push_back({at, std::move(sentence), Severity::note});
  };
  const Position whole{std::make_shared<const std::string>(document.file.string())};
  if (outline.names("trainer").empty()) note(whole, message::nothing_trained());
  if (!outline.evaluate) note(whole, message::nothing_measured());
  remark_defaults(outline, draft.plan, problems);
  remark_split(outline, draft.plan, problems);
  remark_precision(outline, draft.plan, problems);
  for (const auto& heading : outline.headings)
    if (!draft.uses(heading.kind->name, heading.name))
      note(heading.position, message::unused_heading(heading.kind->name, heading.name));
  if (outline.values)
    for (const auto& value : outline.values->node.table()->entries)
      if (!values.was_used(value.key)) note(value.key_position, message::unused_value(value.key));
  for (const auto& axis : matrix.axes)
    if (axis.name != "trial" && !values.was_used(axis.name))
      note(axis.position, message::unused_axis(axis.name));
}

}  // namespace

std::optional<Plan> make_plan(const Document& document, const plugin::Catalogue& catalogue,
                              std::vector<Problem>& problems) {
  if (!document.complete) {
    sort_problems(document, problems);
    return std::nullopt;
  }
  Draft draft;
  Plan& plan = draft.plan;
  plan.file = document.file;
  for (std::size_t i = 1; i < document.files.size(); ++i)
    plan.extends.push_back(document.files[i].stem().string());
  const auto outline = make_outline(document, problems);
  const auto values = read_values(outline, problems);
  if (outline.pipeline) PipelineReader{*outline.pipeline, values, problems}.read(plan);
  const auto matrix = read_matrix(outline, values, problems);
  for (const auto& axis : matrix.axes) plan.axes.push_back(axis.name);
  plan.axes.emplace_back("test");

  for (std::size_t point = 0; point < matrix.points(); ++point) {
    const auto scope = matrix.scope(values, point);
    PointPlanner{outline, catalogue, scope, draft, problems}.plan(matrix.coordinates(point),
                                                                  matrix.trial(point));
  }
  check_shapes(outline, draft, plugin::layer_operations(catalogue), problems);
  const auto names = has_errors(problems) ? ValueNames{} : rehearse(plan, problems);
  plan.requirements =
      read_requirements(outline, values, plan, names, !has_errors(problems), problems);
  if (!has_errors(problems)) remark(document, outline, matrix, values, draft, problems);
  plan.resolved = to_toml(document);
  sort_problems(document, problems);
  if (has_errors(problems)) return std::nullopt;
  return std::move(draft.plan);
}

std::vector<std::filesystem::path> plugin_folders(const Document& document) {
  std::vector<Problem> said_by_make_plan;
  const auto outline = make_outline(document, said_by_make_plan);
  if (!outline.pipeline) return {};
  const auto values = read_values(outline, said_by_make_plan);
  const auto names = PipelineReader{*outline.pipeline, values, said_by_make_plan}.plugins();
  return {names.begin(), names.end()};
}

}  // namespace steppe::pipeline
