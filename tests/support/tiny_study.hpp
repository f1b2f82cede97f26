// A small real study for tests: the plugins of the build on a few hundred toy jets, on any device.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/batches.hpp"
#include "framework/network/network.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/attacker.hpp"
#include "framework/run/batch_loss.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steppe::testing {

/// Every plugin of the build, and the readers of test_readers.cpp.
const plugin::Catalogue& catalogue();

/// The plan of a pipeline text. Fails the program with all problems when there is one.
pipeline::Plan plan_of(const std::string& toml, const std::vector<std::string>& sets = {});

/// A pipeline on toy jets, jet features and a dense network. `more` adds sections or replaces
/// nothing; `attack` and `hidden` are values.
pipeline::Plan tiny_plan(const std::string& more = "", const std::vector<std::string>& sets = {});

/// The first data set of a plan.
std::shared_ptr<const data::Dataset> load_first(const pipeline::Plan& plan);

/// A network of the plan with random weights and fitted preprocessing, and one batch on a device.
struct Bench {
  Bench(const pipeline::Plan& plan, const std::string& device_name, std::size_t rows);

  std::vector<std::uint32_t> training_rows() const;
  std::vector<float> logits(network::Mode mode = network::Mode::train_frozen);
  std::vector<float> losses();
  /// Values of the batch's features, row by row.
  std::vector<float> features();

  std::shared_ptr<const data::Dataset> data;
  std::shared_ptr<compute::Device> device;
  std::unique_ptr<compute::Queue> queue;
  network::Network network;
  run::WeightPoint at;
  run::BatchLoss loss;
  data::Batch batch;
};

/// The first attack of the plan's first training, on the bench.
run::Attacker attacker_on(Bench& bench, const pipeline::Plan& plan);

/// All floats of a tensor, row by row, padding of flat buffers included.
std::vector<float> values_of(compute::Queue& queue, const compute::Tensor& tensor);

/// Whether two lists are the same bits.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace steppe::testing
