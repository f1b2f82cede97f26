#include "framework/run/measure/scoring.hpp"

#include "framework/plugin/host.hpp"
#include "framework/plugin/instance.hpp"
#include "framework/plugin/results_bridge.hpp"
#include "framework/run/error.hpp"
#include "framework/run/objective/attacker.hpp"
#include "framework/run/objective/evaluator.hpp"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// Only `all` can hold training events without asking for them: the other splits are cut by event
/// id, the same way for every data set.
void refuse_training_events(const data::Dataset& trained_on, const data::Dataset& data,
                            std::span<const std::uint32_t> rows,
                            const data::SplitFractions& splits) {
  std::unordered_set<std::uint64_t> seen;
  for (const auto id : trained_on.event_ids())
    if (data::split_of(id, splits) == data::Split::train) seen.insert(id);
  std::size_t shared = 0;
  for (const auto row : rows) shared += seen.count(data.event_ids()[row]);
  if (shared > 0)
    throw RunError{
        fmt::format("{} of {} events were in the training split; evaluate on "
                    "split = \"test\" or on other files",
                    shared, rows.size())};
}

/// Columns of the scored rows, as a metric gets them.
struct ScoredRows {
  std::vector<float> labels, weights;
  std::vector<std::uint64_t> event_ids;

  ScoredRows(const data::Dataset& data, std::span<const std::uint32_t> rows) {
    for (const auto row : rows) {
      labels.push_back(*data.labels().row(row));
      weights.push_back(*data.weights().row(row));
      event_ids.push_back(data.event_ids()[row]);
    }
  }
};

/// Logits of the same events after the attack of [evaluate]: each event against its own loss, with
/// the running statistics of the trained network.
std::vector<float> attacked_logits(const pipeline::Stage& attack, const TrainedNetwork& trained,
                                   const data::Dataset& trained_on, const data::Dataset& data,
                                   std::span<const std::uint32_t> rows,
                                   const data::SplitFractions& splits, compute::Queue& queue,
                                   plugin::Surroundings surroundings) {
  surroundings.queue = &queue;
  const auto fitted = data::rows_of(trained_on, data::Split::train, splits);
  BatchLoss loss{*trained.network, queue, Evaluator::chunk_rows};
  Attacker attacker{attack,           data,
                    *trained.network, Evaluator::chunk_rows,
                    surroundings,     deviations_for(attack, trained_on, fitted)};
  attacker.use_running_statistics();
  const steppe_moment outside_a_training{sizeof(steppe_moment), 0, 0, 0, 0};
  const auto change = [&](data::Batch& batch) {
    loss.set_events(batch);
    attacker.move_events(loss, trained.at, batch, batch.rows(), outside_a_training);
  };
  return Evaluator{*trained.network, queue, data, surroundings}
      .run(trained.at, rows, change)
      .logits;
}

/// What a metric gives: all of it, or nothing.
struct Numbers {
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

class Measurement {
 public:
  Measurement(const pipeline::Stage& stage, const plugin::Surroundings& surroundings)
      : metric_{*stage.info, stage.settings, stage.name},
        host_{"metric", stage.name, surroundings} {}

  /// @throws PluginError.
  Numbers measure(const steppe_scores& scores) {
    Numbers out;
    plugin::ResultsBridge results{out.quantities, out.curves};
    const auto functions = metric_.functions<steppe_metric>();
    host_.finish(functions.measure(metric_.get(), host_.get(), &scores, results.get()));
    return out;
  }

 private:
  const plugin::Instance metric_;
  plugin::StageHost host_;
};

void append(pipeline::MeasuredRow& row, Numbers numbers, const char* ending) {
  for (auto& quantity : numbers.quantities) {
    quantity.name += ending;
    row.quantities.push_back(std::move(quantity));
  }
  for (auto& curve : numbers.curves) {
    curve.name += ending;
    row.curves.push_back(std::move(curve));
  }
}

/// What the metrics make of the scores, and once more of the attacked ones. One that fails takes
/// nothing from the others.
void measure(const pipeline::ScoreNode& node, const steppe_scores& scores,
             const plugin::Surroundings& surroundings, Scored& out) {
  auto attacked = scores;
  attacked.logits = scores.attacked_logits;
  attacked.attacked_logits = nullptr;
  for (const auto& stage : node.metrics) {
    surroundings.stop_if_cancelled();
    try {
      Measurement metric{stage, surroundings};
      append(out.row, metric.measure(scores), "");
      if (std::find(node.again.begin(), node.again.end(), stage.name) != node.again.end())
        append(out.row, metric.measure(attacked), pipeline::under_attack);
    } catch (const plugin::PluginError& error) {
      out.failures.emplace_back(error.what());
    }
  }
}

std::vector<std::size_t> class_events(const ScoredRows& columns, std::size_t classes) {
  std::vector<std::size_t> out(classes, 0);
  if (classes > 0)
    for (const float label : columns.labels) ++out.at(static_cast<std::size_t>(label));
  return out;
}

}  // namespace

Scored score(const pipeline::ScoreNode& node, const TrainedNetwork& trained,
             const data::Dataset& trained_on, const data::Dataset& data,
             const data::SplitFractions& splits, plugin::Surroundings surroundings) {
  const compute::Profile::Span at_work{surroundings.profile, "scoring"};
  const auto split = data::split_named(node.split);
  const auto rows = data::rows_of(data, split, splits);
  if (rows.empty()) throw RunError{fmt::format("split '{}' has no events", node.split)};
  if (split == data::Split::all) refuse_training_events(trained_on, data, rows, splits);

  const auto queue = trained.device->queue();
  const auto logits =
      Evaluator{*trained.network, *queue, data, surroundings}.run(trained.at, rows).logits;
  const auto attacked = node.attack ? attacked_logits(*node.attack, trained, trained_on, data, rows,
                                                      splits, *queue, surroundings)
                                    : std::vector<float>{};
  const ScoredRows columns{data, rows};
  const steppe_scores scores{.size = sizeof(steppe_scores),
                             .rows = rows.size(),
                             .logits = logits.data(),
                             .labels = columns.labels.data(),
                             .weights = columns.weights.data(),
                             .event_ids = columns.event_ids.data(),
                             .outputs = trained.loss().outputs,
                             .classes = trained.loss().classes,
                             .attacked_logits = node.attack ? attacked.data() : nullptr};
  Scored out;
  out.row.events = rows.size();
  out.row.class_events = class_events(columns, trained.loss().classes);
  measure(node, scores, surroundings, out);
  return out;
}

}  // namespace steppe::run
