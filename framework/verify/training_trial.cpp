// Models, optimizers and trainers: a small training with them ends, and ends the same every time,
// also when it is stopped and goes on.
#include "framework/run/train/training.hpp"
#include "framework/verify/bench.hpp"
#include "framework/verify/checks.hpp"
#include "framework/verify/remembered_checkpoint.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

/// A pipeline in which a stage takes its place; the other stages are the program's own.
pipeline::Plan plan_with(const plugin::Catalogue& catalogue, const std::string& kind,
                         const std::string& name, const std::vector<std::string>& settings) {
  const auto heading = [&](const char* of, const char* own) {
    return fmt::format("[{}.{}]\nuse = \"{}\"\n", of, "it", kind == of ? name : own);
  };
  const auto text = std::string{tiny_data} + heading("model", "dense") +
                    "preprocess = [\"standardise\"]\n" + heading("optimizer", "adamw") +
                    heading("trainer", "supervised") +
                    "data = \"features\"\nmodel = \"it\"\noptimizer = \"it\"\n" +
                    (kind == "trainer" ? "" : "epochs = 2\nkeep = \"last\"\n");
  return plan_of(catalogue, text, settings);
}

/// Weights and statistics after a training.
std::vector<float> trained(const pipeline::Plan& plan, const std::string& device,
                           run::Checkpoint* checkpoint = nullptr) {
  const auto data = load_first(plan);
  const auto out =
      run::train(plan.trainings.front(), *data, {}, compute::open_device(device), {}, checkpoint);
  auto values = values_of(*out.device->queue(), out.at.weights);
  const auto statistics = values_of(*out.device->queue(), out.at.buffers);
  values.insert(values.end(), statistics.begin(), statistics.end());
  return values;
}

std::string fault_of_training(const pipeline::Plan& plan, const std::string& device) {
  const auto once = trained(plan, device);
  if (!std::ranges::all_of(once, [](float x) { return std::isfinite(x); }))
    return "it ends with weights that are not finite";
  return same_bits(once, trained(plan, device)) ? "" : "the second time it ends with other weights";
}

std::string fault_of_going_on(const pipeline::Plan& plan, const std::string& device) {
  RememberedCheckpoint all;
  const auto whole = trained(plan, device, &all);
  if (all.taken.empty()) throw LeftOut{"the training ends after one epoch"};
  for (const auto done : {std::size_t{0}, all.taken.size() / 2}) {
    RememberedCheckpoint resumed;
    resumed.given = all.taken[done];
    if (!same_bits(whole, trained(plan, device, &resumed)))
      return fmt::format(
          "after epoch {} it goes on to other weights; what one epoch leaves for the next has to "
          "be "
          "registered: by a trainer with 'keep', by an optimizer as 'state'",
          all.taken[done].epochs);
  }
  return "";
}

}  // namespace

std::vector<Check> training_checks(const Subject& subject) {
  std::vector<Check> out;
  const auto add = [&](const std::string& device, const char* fact, auto fault) {
    out.push_back({subject.title(device), fact,
                   [&catalogue = subject.catalogue, &stage = subject.stage, device, fault,
                    sets = subject.sets(subject.stage.kind + ".it")] {
                     return fault(plan_with(catalogue, stage.kind, stage.name, sets), device);
                   }});
  };
  for (const std::string device : {"cpu", "far"}) {
    add(device, "trains to the same finite weights twice", fault_of_training);
    if (subject.stage.kind != "model")
      add(device, "goes on to the same weights after a stop", fault_of_going_on);
  }
  return out;
}

}  // namespace steppe::verify
