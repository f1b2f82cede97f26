// What the passes of a network remember between each other, and the walk backwards they share.
#pragma once

#include "framework/network/plan.hpp"

#include <vector>

namespace steppe::network {

/// A quantity that flows from the output to the input: its tensors at both ends and in between.
struct Flow {
  const Tensor& output;
  const Tensor& input;
  const std::vector<Tensor>& inner;  ///< one a node, of the most rows there can be
};

struct Passes::State {
  State(const Network& of, Queue& on, std::size_t most) : network{of}, queue{on}, rows{most} {}

  const std::vector<GraphNode>& nodes() const { return network.graph().nodes(); }
  const Network::Layers& layers() const { return *network.layers_; }

  /// What node `index` gave in the last forward pass.
  Tensor value(std::size_t index) const {
    return index == 0 ? inputs : values[index].head(inputs.rows);
  }
  /// Those of several nodes; good until the next call.
  std::span<const Tensor> values_of(const std::vector<std::size_t>& indices) {
    read.clear();
    for (const std::size_t index : indices) read.push_back(value(index));
    return read;
  }
  /// How it moves in the last tangent pass; empty where it does not.
  Tensor tangent(std::size_t index) const {
    if (index == 0) return input_direction;
    return moving[index] ? tangents[index].head(inputs.rows) : Tensor{};
  }
  std::span<const Tensor> tangents_of(const std::vector<std::size_t>& indices) {
    read_tangents.clear();
    for (const std::size_t index : indices) read_tangents.push_back(tangent(index));
    return read_tangents;
  }

  /// Of what node `index` does in a forward pass; see `Context::precision`.
  compute::Precision forward_precision(std::size_t index) const {
    const bool reads_events = !layers().trainable[nodes()[index].inputs[0]];
    const bool rounds_events = context.precision == compute::Precision::bf16 && reads_events;
    return rounds_events ? compute::Precision::bf16x2 : context.precision;
  }

  /// The tensor of node `index` in a flow.
  Tensor at(const Flow& flow, std::size_t index) const {
    if (index == network.graph().output()) return flow.output;
    return index == 0 ? flow.input : flow.inner[index].head(inputs.rows);
  }

  /// One tensor a node between input and output, for a backward flow.
  std::vector<Tensor> inner_tensors() const;
  /// Gradients' memory, on the first backward pass: evaluation never needs it.
  void allocate_gradients();
  /// Tangents' memory, on the first tangent pass: only curvature needs it.
  void allocate_tangents();

  /// `flat`, where the weights of node `index` count.
  Tensor if_they_count(const Tensor& flat, std::size_t index) const {
    return counts[index] ? flat : Tensor{};
  }
  /// Whether somebody asks for the gradient of node `index`.
  bool wanted(Need need, std::size_t index) const {
    return need.inputs || (need.weights && reaches[index]);
  }

  /// Walks from the output to the input: `layer(i, gradients)` for every node of which
  /// `wanted(i)`, then adds up what nodes with several readers get.
  template <class Wanted, class WalkLayer>
  void walk_back(const Flow& flow, Need need, const Tensor& weight_result, const Wanted& wanted,
                 const WalkLayer& layer);

  const Network& network;
  Queue& queue;
  std::size_t rows;
  Mode mode = Mode::inference;
  Context context;
  Tensor inputs;
  std::vector<Tensor> values;  ///< one a node; empty where nothing is kept
  std::vector<std::vector<Tensor>> kept;
  std::vector<Tensor> gradients;  ///< one a node
  std::vector<Tensor> spares;     ///< one an input: a gradient that is to be added

  std::vector<Tensor> tangents;           ///< one a node
  std::vector<Tensor> gradient_tangents;  ///< one a node
  std::vector<bool> moving;               ///< one a node: whether its value moves
  Tensor input_direction;
  std::vector<bool> counts;   ///< one a node: whether its own weights do
  std::vector<bool> reaches;  ///< one a node: whether its own do, or some it is computed from
  bool restricted = false;    ///< some do not count
  Work work;
  /// Passes since the last `forward`: what tangent passes can build on.
  bool moved = false;
  Need flowed;
  bool flowed_for_tangents = false;  ///< and no further than tangents of the same kind need

  // Lists of one layer's operands, kept so that a pass allocates nothing.
  std::vector<Tensor> read, read_tangents, wanted_gradients;
  std::vector<std::size_t> to_add;
  std::vector<bool> written;
};

template <class Wanted, class WalkLayer>
void Passes::State::walk_back(const Flow& flow, Need need, const Tensor& weight_result,
                              const Wanted& wanted, const WalkLayer& layer) {
  const std::size_t output = network.graph().output();
  if (need.weights && weight_result && (layers().idle_weights || restricted))
    queue.fill(weight_result, 0.0F);
  written.assign(output + 1, false);
  for (std::size_t i = output; i > 0; --i) {
    if (!layers().alive[i] || !wanted(i)) continue;
    const auto& from = nodes()[i].inputs;
    auto& dx = wanted_gradients;
    dx.assign(from.size(), Tensor{});
    to_add.clear();
    for (std::size_t j = 0; j < from.size(); ++j) {
      if (!wanted(from[j])) continue;
      // A node that others have read as well has a gradient already: theirs comes on top.
      if (written[from[j]]) {
        dx[j] = spares[j].head(inputs.rows);
        dx[j].columns = nodes()[from[j]].columns;
        to_add.push_back(j);
      } else {
        dx[j] = at(flow, from[j]);
      }
      written[from[j]] = true;
    }
    const std::size_t reader = layers().reader[i];
    const bool centred = reader != 0 && layers().made[reader]->centres_gradient(mode);
    layer(i, Gradients{at(flow, i), centred, dx,
                       need.weights ? if_they_count(weight_result, i) : Tensor{}});
    for (const std::size_t j : to_add) queue.axpy(1.0F, dx[j], at(flow, from[j]));
  }
}

}  // namespace steppe::network
