#include "framework/pipeline/shapes.hpp"

#include "framework/network/network.hpp"
#include "framework/pipeline/distributions.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/move_rules.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/instance.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
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

/// @returns null when there is none.
const Column* target_of(const Columns& columns) {
  for (const auto& column : columns.items)
    if (column.role == Role::target) return &column;
  return nullptr;
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
    has_network_.resize(draft_.plan.trainings.size(), false);
    for (std::size_t i = 0; i < draft_.plan.trainings.size(); ++i) {
      check_training(i, known);
      const auto& training = draft_.plan.trainings[i];
      for (const auto& attack : training.attacks) check_attack(attack, i, training.data, known);
    }
    check_huber_delta();
    for (std::size_t i = 0; i < draft_.plan.scores.size(); ++i) {
      const auto& score = draft_.plan.scores[i];
      for (const auto& metric : score.metrics) instance(metric);
      if (score.attack) check_attack(*score.attack, score.training, score.data, known);
      check_fit(score.training, score.data, draft_.scored_on[i], known);
    }
    for (const auto& metric : draft_.plan.comparisons) instance(metric);
    for (std::size_t i = 0; i < draft_.plan.sharpness.size(); ++i) {
      const auto& node = draft_.plan.sharpness[i];
      instance(node.stage);
      check_fit(node.training, node.data, draft_.measured_on[i], known);
      if (known[node.data]) check_classes(node.stage, draft_.plan.data[node.data]);
      check_moves(node.stage, node.stage.wiring.text("space") == "weights", node.training,
                  node.data, known);
    }
    check_distributions(draft_, known, problems_);
  }

 private:
  /// The stage made; nothing when it refuses its settings, which is said.
  const Instance* instance(const Stage& stage) {
    const auto [found, is_new] = instances_.try_emplace(stage.key);
    if (is_new) {
      guarded(stage, [&, &made = found->second] {
        made = std::make_unique<Instance>(*stage.info, stage.settings, stage.name);
        for (const auto& note : made->notes())
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
        guarded(stage,
                [&, &out = next->second] { out = plugin::transform_columns(*transform, *input); });
      at = next;
    }
    return at->second;
  }

  void check_training(std::size_t index, const std::vector<bool>& known) {
    auto& training = draft_.plan.trainings[index];
    const auto& named = draft_.trained_on[index];
    const auto& data = draft_.plan.data[training.data];
    for (const auto* stage : {&training.trainer, &training.optimizer}) instance(*stage);
    const auto* model = instance(training.model);
    if (!known[training.data]) return;
    check_target(data, named);
    if (features(data.columns).empty()) {
      problems_.push_back({named, message::no_features(data.name)});
      return;
    }
    const auto loss = loss_of(training.trainer, data, named);
    if (!loss) return;
    training.loss = *loss;
    const auto [at, is_new] = graphs_.try_emplace(
        fmt::format("{} <- {} -> {}", training.model.key, data.key, loss->outputs));
    if (is_new && model)
      guarded(training.model, [&, &graph = at->second] {
        graph =
            plugin::build_graph(*model, data.columns, training.preprocess, loss->outputs, layers_);
        network::Network{*graph, *loss};
      });
    if (!at->second) return;
    training.graph = *at->second;
    has_network_[index] = true;
  }

  /// What a trainer's wiring and the target of its data make the loss; nothing where they do not
  /// go together, which is said.
  std::optional<network::Loss> loss_of(const Stage& trainer, const DataNode& data,
                                       const Position& named) {
    network::Loss out;
    const auto* target = target_of(data.columns);
    if (!target || bad_classes(*target)) return out;  // which has been said
    out.classes = static_cast<std::size_t>(target->classes);
    const auto wanted = network::loss_kind(trainer.wiring.text("loss"));
    out.kind = wanted.value_or(network::usual_loss(out.classes));
    out.delta = static_cast<float>(trainer.wiring.real("huber_delta"));
    if (out.kind == network::LossKind::huber) huber_.insert(trainer.name);
    if (!network::suits(out.kind, out.classes)) {
      problems_.push_back({said(trainer, "loss").value_or(named),
                           message::wrong_loss(out.kind, data.name, *target)});
      return std::nullopt;
    }
    out.outputs = out.kind == network::LossKind::cross_entropy ? out.classes : 1;
    return out;
  }

  /// Notes a delta of Huber in trainers that have no use for it at any point.
  void check_huber_delta() {
    for (const auto& training : draft_.plan.trainings)
      if (const auto delta = said(training.trainer, "huber_delta");
          delta && !huber_.contains(training.trainer.name))
        problems_.push_back({*delta, message::idle_huber_delta(), Severity::note});
  }

  /// Events of one class can be asked for where there are two.
  void check_classes(const Stage& measure, const DataNode& data) {
    const auto* target = target_of(data.columns);
    if (!target || target->classes == 2 || measure.wiring.text("classes") == "both") return;
    problems_.push_back({said(measure, "classes").value_or(measure.position),
                         message::not_two_classes("classes", data.name, *target)});
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
    const auto* target = target_of(data.columns);
    const auto* trained_target = target_of(training.columns);
    const bool good = target && trained_target && !bad_classes(*target);
    if (good && !bad_classes(*trained_target) && target->classes != trained_target->classes)
      problems_.push_back(
          {named, message::other_target(data.name, *target, training.name, *trained_target)});
  }

  void check_attack(const Stage& attack, std::size_t training, std::size_t data,
                    const std::vector<bool>& known) {
    instance(attack);
    for (const auto& projector : attack.projectors) instance(projector);
    const auto space = plugin::attacked_space(attack.wiring.text("space"), *attack.info);
    check_moves(attack, space == STEPPE_WEIGHTS, training, data, known);
  }

  /// What a stage may move: columns, or tensors of weights.
  void check_moves(const Stage& stage, bool weights, std::size_t training, std::size_t data,
                   const std::vector<bool>& known) {
    const auto* heading = outline_.find(stage.info->kind, stage.name);
    if (!heading) return;  // without settings, everything may move
    if (!weights && known[data])
      pipeline::check_moves(*heading, stage, movable_columns(draft_.plan.data[data]), problems_);
    else if (weights && has_network_[training])
      pipeline::check_moves(*heading, stage, movable_weights(draft_.plan.trainings[training]),
                            problems_);
  }

  void check_target(const DataNode& data, const Position& named) {
    const auto* target = target_of(data.columns);
    if (!target)
      problems_.push_back({named, message::no_target(data.name)});
    else if (bad_classes(*target))
      problems_.push_back({named, message::bad_classes(data.name, *target)});
  }
  static bool bad_classes(const Column& target) {
    return target.classes < 0 || target.classes == 1;
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
    if (!sentence.starts_with(opening)) return stage.position;
    sentence.remove_prefix(opening.size());
    return said(stage, sentence.substr(0, sentence.find('\''))).value_or(stage.position);
  }

  /// Where the file gives this setting of a stage; nothing where it leaves it out.
  std::optional<Position> said(const Stage& stage, std::string_view name) const {
    const auto* heading = outline_.find(stage.info->kind, stage.name);
    const auto* setting = heading ? heading->table->find(name) : nullptr;
    return setting ? std::optional{setting->node.position} : std::nullopt;
  }

  const Outline& outline_;
  Draft& draft_;
  const network::OperationList& layers_;
  std::vector<Problem>& problems_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;   ///< by Stage::key
  std::map<std::string, std::optional<Columns>> columns_;        ///< by chain of keys
  std::map<std::string, std::optional<network::Graph>> graphs_;  ///< by model, data and outputs
  std::vector<bool> has_network_;                                ///< of each training
  std::set<std::string> huber_;                                  ///< trainers that train with it
};

}  // namespace

void check_shapes(const Outline& outline, Draft& draft, const network::OperationList& layers,
                  std::vector<Problem>& problems) {
  ShapeChecker{outline, draft, layers, problems}.check();
}

}  // namespace steppe::pipeline
