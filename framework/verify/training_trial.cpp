#include "framework/verify/training_trial.hpp"

#include "framework/run/train/training.hpp"
#include "framework/verify/checks.hpp"
#include "framework/verify/remembered_checkpoint.hpp"
#include "framework/verify/threads.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

/// Weights and statistics after a training.
std::vector<float> trained(const pipeline::Plan& plan, const data::Dataset& data,
                           const std::string& device, run::Checkpoint* checkpoint = nullptr) {
  const auto out =
      run::train(plan.trainings.front(), data, {}, compute::open_device(device), {}, checkpoint);
  auto values = values_of(*out.device->queue(), out.at.weights);
  const auto statistics = values_of(*out.device->queue(), out.at.buffers);
  values.insert(values.end(), statistics.begin(), statistics.end());
  return values;
}

}  // namespace

TrainingTrial::TrainingTrial(const plugin::Catalogue& catalogue, const plugin::StageInfo& stage,
                             std::vector<std::string> sets, std::string device)
    : catalogue_{catalogue}, stage_{stage}, sets_{std::move(sets)}, device_{std::move(device)} {}

pipeline::Plan TrainingTrial::plan(const std::vector<std::string>& more) const {
  const auto heading = [&](const char* of, const char* own) {
    return fmt::format("[{}.it]\nuse = \"{}\"\n", of, stage_.kind == of ? stage_.name : own);
  };
  const auto text = std::string{tiny_data} + heading("model", "dense") +
                    "preprocess = [\"standardise\"]\n" + heading("optimizer", "adamw") +
                    heading("trainer", "supervised") +
                    "data = \"features\"\nmodel = \"it\"\noptimizer = \"it\"\n" +
                    (stage_.kind == "trainer" ? "" : "epochs = 2\nkeep = \"last\"\n");
  auto sets = sets_;
  sets.insert(sets.end(), more.begin(), more.end());
  return plan_of(catalogue_, text, sets);
}

std::string TrainingTrial::fault_of_training() const {
  const auto of = plan();
  const auto data = load_first(of);
  const auto once = trained(of, *data, device_);
  if (!std::ranges::all_of(once, [](float x) { return std::isfinite(x); }))
    return "it ends with weights that are not finite";
  return same_bits(once, trained(of, *data, device_))
             ? ""
             : "the second time it ends with other weights";
}

std::string TrainingTrial::fault_of_going_on() const {
  const auto of = plan();
  const auto data = load_first(of);
  RememberedCheckpoint all;
  const auto whole = trained(of, *data, device_, &all);
  if (all.taken.empty()) throw LeftOut{"the training ends after one epoch"};
  for (const auto done : {std::size_t{0}, all.taken.size() / 2}) {
    RememberedCheckpoint resumed;
    resumed.given = all.taken[done];
    if (!same_bits(whole, trained(of, *data, device_, &resumed)))
      return fmt::format(
          "after epoch {} it goes on to other weights; what one epoch leaves for the next has to "
          "be "
          "registered: by a trainer with 'keep', by an optimizer as 'state'",
          all.taken[done].epochs);
  }
  return "";
}

std::string TrainingTrial::fault_of_threads() const {
  const bool own = stage_.kind != "trainer";
  const auto has = [&](const char* setting) { return own || stage_.find_parameter(setting); };
  for (const auto events : events_on_threads) {
    std::vector<std::string> sets{fmt::format("values.jets={}", jets_on_threads)};
    if (has("batch")) sets.push_back(fmt::format("trainer.it.batch={}", events));
    if (has("epochs")) sets.push_back("trainer.it.epochs=2");
    const auto of = plan(sets);
    const auto data = load_first(of);
    const auto fault = verify::fault_of_threads([&] { return trained(of, *data, device_); });
    if (!fault.empty()) return fmt::format("in batches of {}: {}", events, fault);
  }
  return "";
}

std::vector<Check> training_checks(const Subject& subject) {
  std::vector<Check> out;
  const auto add = [&](const std::string& device, const char* fact,
                       std::string (TrainingTrial::*fault)() const) {
    out.push_back({subject.title(device), fact,
                   [&catalogue = subject.catalogue, &stage = subject.stage, device, fault,
                    sets = subject.sets(subject.stage.kind + ".it")] {
                     return (TrainingTrial{catalogue, stage, sets, device}.*fault)();
                   }});
  };
  for (const auto& device : subject.devices) {
    add(device, "trains to the same finite weights twice", &TrainingTrial::fault_of_training);
    if (subject.stage.kind != "model")
      add(device, "goes on to the same weights after a stop", &TrainingTrial::fault_of_going_on);
  }
  add(subject.devices.front(), "trains to the same weights on 1, 2 and 4 threads",
      &TrainingTrial::fault_of_threads);
  return out;
}

}  // namespace steppe::verify
