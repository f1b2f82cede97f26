// What a network knows about its graph once and for all passes.
#pragma once

#include "framework/network/layer.hpp"

#include <memory>
#include <utility>
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
  /// The node or something it is computed from bends: weights held, how a gradient moves further
  /// down depends on the node's own.
  std::vector<bool> bends;
  /// Segments of the weights that are the node's own: [first, last).
  std::vector<std::pair<std::size_t, std::size_t>> own_segments;
  /// Some layer with weights is not alive: its gradient is zero.
  bool idle_weights = false;
};

}  // namespace steppe::network
