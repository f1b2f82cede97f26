// A network applied to many events: inference mode, in chunks of a fixed size.
#pragma once

#include "framework/data/batches.hpp"
#include "framework/network/network.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/objective/batch_loss.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace steppe::run {

struct Outputs {
  std::vector<float> logits;  ///< rows x outputs of the network, row by row
  std::vector<float> losses;  ///< one a row
};

class Evaluator {
 public:
  static constexpr std::size_t chunk_rows = 1024;

  /// All outlive this object. `surroundings`: who may stop it, at any chunk, with Cancelled.
  Evaluator(const network::Network& network, compute::Queue& queue, const data::Dataset& data,
            plugin::Surroundings surroundings = {});

  /// `change`, if any, moves the events of each chunk before the network sees them.
  Outputs run(const WeightPoint& at, std::span<const std::uint32_t> rows,
              const std::function<void(data::Batch&)>& change = {});
  /// Weighted mean of the losses over the rows, as `Queue::weighted_mean` has it.
  double mean_loss(const WeightPoint& at, std::span<const std::uint32_t> rows);

 private:
  const network::Network& network_;
  const network::Loss& loss_;
  compute::Queue& queue_;
  const data::Dataset& data_;
  network::Passes passes_;
  data::Batch batch_;
  compute::Tensor losses_;
  plugin::Surroundings surroundings_;
};

}  // namespace steppe::run
