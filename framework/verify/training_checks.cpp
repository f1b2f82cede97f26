// Models, optimizers and trainers: a small training with them ends, and ends the same every time.
#include "framework/run/train/training.hpp"
#include "framework/verify/bench.hpp"
#include "framework/verify/checks.hpp"

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
std::vector<float> trained(const pipeline::Plan& plan, const std::string& device) {
  const auto data = load_first(plan);
  const auto out = run::train(plan.trainings.front(), *data, {}, compute::open_device(device), {});
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

}  // namespace

std::vector<Check> training_checks(const Subject& subject) {
  std::vector<Check> out;
  for (const std::string device : {"cpu", "far"})
    out.push_back({subject.title(device), "trains to the same finite weights twice",
                   [&catalogue = subject.catalogue, &stage = subject.stage, device,
                    sets = subject.sets(subject.stage.kind + ".it")] {
                     return fault_of_training(plan_with(catalogue, stage.kind, stage.name, sets),
                                              device);
                   }});
  return out;
}

}  // namespace steppe::verify
