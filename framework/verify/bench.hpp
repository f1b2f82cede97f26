// A small real study to try stages in: the program's own plugins on a few hundred toy jets, on any
// device.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/batches.hpp"
#include "framework/network/network.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/objective/batch_loss.hpp"

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace steppe::verify {

/// A pipeline text that the plan refuses; the message is what is wrong with it.
class Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The plan of a pipeline text. Relative paths start from the current folder. @throws Refused.
pipeline::Plan plan_of(const plugin::Catalogue& catalogue, const std::string& toml,
                       const std::vector<std::string>& sets = {});

/// One data set of a pipeline text. @throws Refused.
pipeline::DataNode data_of(const plugin::Catalogue& catalogue, const std::string& toml,
                           const std::string& name, const std::vector<std::string>& sets = {});

/// Toy jets `toy` of `jets` jets a class, and jet features of them, `features`.
extern const char* const tiny_data;
/// A dense network `tagger` and the optimizer `adamw`.
extern const char* const tiny_network;

/// A pipeline on toy jets, jet features and a dense network. `more` adds sections; `attack`, `jets`
/// and `epsilon` are values.
pipeline::Plan tiny_plan(const plugin::Catalogue& catalogue, const std::string& more = "",
                         const std::vector<std::string>& sets = {});

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

/// All floats of a tensor, row by row, padding of flat buffers included.
std::vector<float> values_of(compute::Queue& queue, const compute::Tensor& tensor);

/// Whether two lists are the same bits.
bool same_bits(const std::vector<float>& a, const std::vector<float>& b);

}  // namespace steppe::verify
