#include "framework/pipeline/shapes.hpp"

#include "framework/network/network.hpp"
#include "framework/pipeline/distributions.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/move_rules.hpp"
#include "framework/plugin/handles.hpp"
#include "framework/plugin/instance.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
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
    for (auto& node : draft_.plan.data) {
      auto found = columns(node);
      auto& facts = data_.emplace_back();
      facts.known = found.has_value();
      if (!found) continue;
      node.columns = std::move(*found);
      facts.features = features(node.columns);
      facts.target = target_of(node.columns);
    }
    network_.resize(draft_.plan.trainings.size());
    for (std::size_t i = 0; i < draft_.plan.trainings.size(); ++i) {
      check_training(i);
      const auto& training = draft_.plan.trainings[i];
      for (const auto& attack : training.attacks) check_attack(attack, i, training.data);
    }
    check_huber_delta();
    for (std::size_t i = 0; i < draft_.plan.scores.size(); ++i) {
      const auto& score = draft_.plan.scores[i];
      for (const auto& metric : score.metrics) instance(metric);
      if (score.attack) check_attack(*score.attack, score.training, score.data);
      check_fit(score.training, score.data, draft_.scored_on[i]);
    }
    for (const auto& metric : draft_.plan.comparisons) instance(metric);
    for (std::size_t i = 0; i < draft_.plan.sharpness.size(); ++i) {
      const auto& node = draft_.plan.sharpness[i];
      instance(node.stage);
      check_fit(node.training, node.data, draft_.measured_on[i]);
      if (data_[node.data].known) check_classes(node.stage, node.data);
      check_moves(node.stage, node.stage.wiring.text("space") == "weights", node.training,
                  node.data);
    }
    std::vector<bool> known;
    for (const auto& facts : data_) known.push_back(facts.known);
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

  void check_training(std::size_t index) {
    auto& training = draft_.plan.trainings[index];
    const auto& named = draft_.trained_on[index];
    const auto& data = draft_.plan.data[training.data];
    for (const auto* stage : {&training.trainer, &training.optimizer}) instance(*stage);
    const auto* model = instance(training.model);
    if (!data_[training.data].known) return;
    check_target(training.data, named);
    if (data_[training.data].features.empty()) {
      problems_.push_back({named, message::no_features(data.name)});
      return;
    }
    check_class_weights(training.trainer, training.data);
    const auto loss = loss_of(training.trainer, training.data, named);
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
    network_[index] = &*at->second;
  }

  /// What a trainer's wiring and the target of its data make the loss; nothing where they do not
  /// go together, which is said.
  std::optional<network::Loss> loss_of(const Stage& trainer, std::size_t data,
                                       const Position& named) {
    network::Loss out;
    const auto* target = data_[data].target;
    if (!target || bad_classes(*target)) return out;  // which has been said
    out.classes = static_cast<std::size_t>(target->classes);
    const auto wanted = network::loss_kind(trainer.wiring.text("loss"));
    out.kind = wanted.value_or(network::usual_loss(out.classes));
    out.delta = static_cast<float>(trainer.wiring.real("huber_delta"));
    if (out.kind == network::LossKind::huber) huber_.insert(trainer.name);
    if (!network::suits(out.kind, out.classes)) {
      problems_.push_back({said(trainer, "loss").value_or(named),
                           message::wrong_loss(out.kind, name_of(data), *target)});
      return std::nullopt;
    }
    out.outputs = out.kind == network::LossKind::cross_entropy ? out.classes : 1;
    return out;
  }

  /// Weights of classes: as many as there are classes.
  void check_class_weights(const Stage& trainer, std::size_t data) {
    const auto* target = data_[data].target;
    if (!target || bad_classes(*target)) return;  // which has been said
    const auto given = trainer.wiring.find("class_weights")->items.size();
    const auto* balance = trainer.wiring.find("balance_classes");
    const bool balanced = std::get<bool>(balance->items.front());
    const auto refuse = [&](const char* setting, std::size_t count) {
      problems_.push_back({said(trainer, setting).value_or(trainer.position),
                           message::wrong_class_weights(count, name_of(data), *target)});
    };
    if (given > 0 && given != static_cast<std::size_t>(target->classes))
      refuse("class_weights", given);
    if (balanced && target->classes == 0) refuse("balance_classes", 0);
  }

  /// Notes a delta of Huber in trainers that have no use for it at any point.
  void check_huber_delta() {
    for (const auto& training : draft_.plan.trainings)
      if (const auto delta = said(training.trainer, "huber_delta");
          delta && !huber_.contains(training.trainer.name))
        problems_.push_back({*delta, message::idle_huber_delta(), Severity::note});
  }

  /// Events of one class can be asked for where there are two.
  void check_classes(const Stage& measure, std::size_t data) {
    const auto* target = data_[data].target;
    if (!target || target->classes == 2 || measure.wiring.text("classes") == "both") return;
    problems_.push_back({said(measure, "classes").value_or(measure.position),
                         message::not_two_classes("classes", name_of(data), *target)});
  }

  /// Whether a trained network can be applied to a data set.
  void check_fit(std::size_t training, std::size_t index, const Position& named) {
    const auto trained = draft_.plan.trainings[training].data;
    const auto &data = data_[index], &learnt = data_[trained];
    if (!data.known || !learnt.known || index == trained) return;
    if (!fits_.emplace(trained, index, named.file.get(), named.line, named.column).second) return;
    check_target(index, named);
    if (data.features != learnt.features)
      problems_.push_back({named, message::other_features(name_of(index), data.features,
                                                          name_of(trained), learnt.features)});
    const bool good = data.target && learnt.target && !bad_classes(*data.target);
    if (good && !bad_classes(*learnt.target) && data.target->classes != learnt.target->classes)
      problems_.push_back({named, message::other_target(name_of(index), *data.target,
                                                        name_of(trained), *learnt.target)});
  }

  void check_attack(const Stage& attack, std::size_t training, std::size_t data) {
    instance(attack);
    const std::string strength = plugin::functions_of<steppe_attack>(*attack.info).strength;
    if (const auto* setting = attack.settings.find(strength);
        setting && setting->items == std::vector<plugin::Scalar>{0.0})
      problems_.push_back({said(attack, strength).value_or(attack.position),
                           message::attack_without_strength(strength), Severity::note});
    for (const auto& projector : attack.projectors) instance(projector);
    const auto space = plugin::attacked_space(attack.wiring.text("space"), *attack.info);
    check_moves(attack, space == STEPPE_WEIGHTS, training, data);
  }

  /// What a stage may move: columns, or tensors of weights.
  void check_moves(const Stage& stage, bool weights, std::size_t training, std::size_t data) {
    const auto* heading = outline_.find(stage.info->kind, stage.name);
    if (!heading) return;  // without settings, everything may move
    const void* among = weights ? static_cast<const void*>(network_[training]) : &data_[data];
    if (!among || !moves_.emplace(stage.key, among).second) return;
    if (weights)
      pipeline::check_moves(*heading, stage, movable_weights(draft_.plan.trainings[training]),
                            problems_);
    else if (data_[data].known)
      pipeline::check_moves(*heading, stage, movable_columns(draft_.plan.data[data]), problems_);
  }

  void check_target(std::size_t data, const Position& named) {
    const auto* target = data_[data].target;
    if (!target)
      problems_.push_back({named, message::no_target(name_of(data))});
    else if (bad_classes(*target))
      problems_.push_back({named, message::bad_classes(name_of(data), *target)});
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

  const std::string& name_of(std::size_t data) const { return draft_.plan.data[data].name; }

  /// What is asked of a data set at every point of the matrix.
  struct DataFacts {
    bool known = false;  ///< its columns are
    message::Names features;
    const Column* target = nullptr;
  };

  const Outline& outline_;
  Draft& draft_;
  const network::OperationList& layers_;
  std::vector<Problem>& problems_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;   ///< by Stage::key
  std::map<std::string, std::optional<Columns>> columns_;        ///< by chain of keys
  std::map<std::string, std::optional<network::Graph>> graphs_;  ///< by model, data and outputs
  std::deque<DataFacts> data_;                                   ///< of each data set
  std::vector<const network::Graph*> network_;                   ///< of each training; null: none
  std::set<std::string> huber_;                                  ///< trainers that train with it

  // Many points ask the same: it is answered once.
  std::set<std::pair<std::string, const void*>> moves_;  ///< a stage, and what it moves
  /// What was learnt from, what is met, and where that is said.
  std::set<std::tuple<std::size_t, std::size_t, const void*, std::uint32_t, std::uint32_t>> fits_;
};

}  // namespace

void check_shapes(const Outline& outline, Draft& draft, const network::OperationList& layers,
                  std::vector<Problem>& problems) {
  ShapeChecker{outline, draft, layers, problems}.check();
}

}  // namespace steppe::pipeline
