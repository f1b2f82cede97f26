#include "framework/pipeline/shapes.hpp"

#include "framework/network/network.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/instance.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

using plugin::Instance;

message::Names features(const Columns& columns) {
  message::Names out;
  for (const auto& column : columns.items)
    if (column.role == Role::feature) out.push_back(column.name);
  return out;
}

bool has_target(const Columns& columns) {
  for (const auto& column : columns.items)
    if (column.role == Role::target) return true;
  return false;
}

class ShapeChecker {
 public:
  ShapeChecker(const Outline& outline, Draft& draft, const network::OperationList& layers,
               std::vector<Problem>& problems)
      : outline_{outline}, draft_{draft}, layers_{layers}, problems_{problems} {}

  void check() {
    for (const auto& [key, stage] : draft_.stages) instance(stage);
    std::vector<bool> known;
    for (auto& node : draft_.plan.data) {
      auto found = columns(node);
      known.push_back(found.has_value());
      if (found) node.columns = std::move(*found);
    }
    for (std::size_t i = 0; i < draft_.plan.trainings.size(); ++i)
      check_training(draft_.plan.trainings[i], draft_.trained_on[i], known);
    for (std::size_t i = 0; i < draft_.plan.scores.size(); ++i) {
      const auto& score = draft_.plan.scores[i];
      for (const auto& metric : score.metrics) instance(metric);
      check_fit(score.training, score.data, draft_.scored_on[i], known);
    }
    for (std::size_t i = 0; i < draft_.plan.sharpness.size(); ++i) {
      const auto& node = draft_.plan.sharpness[i];
      instance(node.stage);
      check_fit(node.training, node.data, draft_.measured_on[i], known);
    }
  }

 private:
  /// The stage made; nothing when it refuses its settings, which is said.
  const Instance* instance(const Stage& stage) {
    const auto [found, is_new] = instances_.try_emplace(stage.key);
    if (is_new) {
      guarded(stage, [&] {
        found->second = std::make_unique<Instance>(*stage.info, stage.settings, stage.name);
        for (const auto& note : found->second->notes())
          problems_.push_back({stage.position, note, Severity::note});
      });
    }
    return found->second.get();
  }

  std::optional<Columns> columns(const DataNode& node) {
    auto chain = node.reader.key;
    auto at = columns_.find(chain);
    if (at == columns_.end()) {
      at = columns_.emplace(chain, std::nullopt).first;
      if (const auto* reader = instance(node.reader))
        guarded(node.reader, [&] { at->second = plugin::reader_columns(*reader); });
    }
    for (const auto& stage : node.transforms) {
      const auto input = at->second;
      chain += " -> " + stage.key;
      const auto [next, is_new] = columns_.try_emplace(chain);
      const auto* transform = is_new ? instance(stage) : nullptr;
      if (input && transform)
        guarded(stage, [&] { next->second = plugin::transform_columns(*transform, *input); });
      at = next;
    }
    return at->second;
  }

  void check_training(TrainingNode& training, const Position& named,
                      const std::vector<bool>& known) {
    const auto& data = draft_.plan.data[training.data];
    for (const auto* stage : {&training.trainer, &training.optimizer}) instance(*stage);
    for (const auto& attack : training.attacks) instance(attack);
    const auto* model = instance(training.model);
    if (!known[training.data]) return;
    check_target(data, named);
    if (features(data.columns).empty()) {
      problems_.push_back({named, message::no_features(data.name)});
      return;
    }
    const auto [at, is_new] = graphs_.try_emplace(training.model.key + " <- " + data.key);
    if (is_new && model)
      guarded(training.model, [&] {
        at->second = plugin::build_graph(*model, data.columns, training.preprocess, layers_);
        network::Network{*at->second};
      });
    if (at->second) training.graph = *at->second;
  }

  /// Whether a trained network can be applied to a data set.
  void check_fit(std::size_t training_index, std::size_t data_index, const Position& named,
                 const std::vector<bool>& known) {
    const auto trained = draft_.plan.trainings[training_index].data;
    if (!known[data_index] || !known[trained] || data_index == trained) return;
    const auto& data = draft_.plan.data[data_index];
    const auto& training = draft_.plan.data[trained];
    check_target(data, named);
    const auto has = features(data.columns);
    const auto wants = features(training.columns);
    if (has != wants)
      problems_.push_back({named, message::other_features(data.name, has, training.name, wants)});
  }

  void check_target(const DataNode& data, const Position& named) {
    if (!has_target(data.columns)) problems_.push_back({named, message::no_target(data.name)});
  }

  /// Runs `work`; what a stage refuses is said where the file can be mended.
  template <class Work>
  void guarded(const Stage& stage, Work&& work) {
    try {
      work();
    } catch (const plugin::PluginError& error) {
      problems_.push_back({place(stage, error.what()), error.what()});
    } catch (const network::GraphError& error) {
      problems_.push_back(
          {stage.position, fmt::format("{} '{}': {}", stage.info->kind, stage.name, error.what())});
    }
  }

  /// The setting whose quoted name opens the plugin's sentence, or else the stage.
  Position place(const Stage& stage, std::string_view sentence) const {
    const auto opening = fmt::format("{} '{}': '", stage.info->kind, stage.name);
    const auto* heading = outline_.find(stage.info->kind, stage.name);
    if (!heading || !sentence.starts_with(opening)) return stage.position;
    sentence.remove_prefix(opening.size());
    const auto* setting = heading->table->find(sentence.substr(0, sentence.find('\'')));
    return setting ? setting->node.position : stage.position;
  }

  const Outline& outline_;
  Draft& draft_;
  const network::OperationList& layers_;
  std::vector<Problem>& problems_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;   ///< by Stage::key
  std::map<std::string, std::optional<Columns>> columns_;        ///< by chain of keys
  std::map<std::string, std::optional<network::Graph>> graphs_;  ///< by model and data
};

}  // namespace

void check_shapes(const Outline& outline, Draft& draft, const network::OperationList& layers,
                  std::vector<Problem>& problems) {
  ShapeChecker{outline, draft, layers, problems}.check();
}

}  // namespace steppe::pipeline
