// The artifact `Weights`: a trained network with its fitted preprocessing and its history.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/network/network.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/run/objective/batch_loss.hpp"
#include "framework/run/traffic.hpp"

#include <steppe/columns.hpp>

#include <memory>

namespace steppe::run {

struct TrainedNetwork {
  std::shared_ptr<compute::Device> device;
  std::shared_ptr<const network::Network> network;
  WeightPoint at;
  Columns features;  ///< what the network reads, in order
  pipeline::History history;
  std::size_t train_rows = 0, validation_rows = 0;
  TrainingTraffic traffic;  ///< of the steps that were made, not of one that was found

  /// What it was trained with: the meaning of its outputs, for whoever applies it.
  const network::Loss& loss() const { return network->loss(); }
};

}  // namespace steppe::run
