// What a network knows about its graph once and for all passes.
#pragma once

#include "framework/network/layer.hpp"

#include <memory>
#include <vector>

namespace steppe::network {

/// One entry a node of the graph.
struct Network::Layers {
  std::vector<std::unique_ptr<Layer>> made;  ///< null for the input
  /// The output depends on the node.
  std::vector<bool> alive;
  /// The node or something it is computed from has weights.
  std::vector<bool> trainable;
  /// The one node alive that reads this one; 0 when there are several.
  std::vector<std::size_t> reader;
  /// Some layer with weights is not alive: its gradient is zero.
  bool idle_weights = false;
};

}  // namespace steppe::network
