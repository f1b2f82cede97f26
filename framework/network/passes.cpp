// Forward and backward over the nodes of a graph.
#include "framework/network/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

struct Passes::State {
  State(const Network& of, Queue& on, std::size_t most) : network{of}, queue{on}, rows{most} {}

  const std::vector<GraphNode>& nodes() const { return network.graph().nodes(); }

  /// What node `index` gave in the last forward pass.
  Tensor value(std::size_t index) const {
    return index == 0 ? inputs : values[index].head(inputs.rows);
  }
  std::vector<Tensor> values_of(const std::vector<std::size_t>& indices) const {
    std::vector<Tensor> found;
    for (const std::size_t index : indices) found.push_back(value(index));
    return found;
  }

  /// Gradients' memory, on the first backward pass: evaluation never needs it.
  void allocate_gradients();

  const Network& network;
  Queue& queue;
  std::size_t rows;
  Mode mode = Mode::inference;
  Tensor inputs;
  std::vector<Tensor> values;  ///< one a node; empty where nothing is kept
  std::vector<std::vector<Tensor>> kept;
  std::vector<Tensor> gradients;  ///< one a node
  std::vector<Tensor> spares;     ///< one an input: a gradient that is to be added
};

void Passes::State::allocate_gradients() {
  if (!gradients.empty()) return;
  gradients.resize(nodes().size());
  std::size_t widest = 0, most_inputs = 1;
  const std::size_t output = network.graph().output();
  for (std::size_t i = 0; i <= output; ++i) {
    if (!network.layers_->alive[i]) continue;
    most_inputs = std::max(most_inputs, nodes()[i].inputs.size());
    if (i == output) continue;
    if (i > 0) gradients[i] = queue.device().matrix(rows, nodes()[i].columns);
    if (network.layers_->reader[i] == 0) widest = std::max(widest, nodes()[i].columns);
  }
  spares.resize(most_inputs);
  if (widest > 0)
    for (Tensor& spare : spares) spare = queue.device().matrix(rows, widest);
}

Passes::Passes(const Network& network, Queue& queue, std::size_t rows)
    : state_{std::make_unique<State>(network, queue, rows)} {
  const std::size_t nodes = state_->nodes().size();
  state_->values.resize(nodes);
  state_->kept.resize(nodes);
  for (std::size_t i = 1; i < nodes; ++i) {
    if (!network.layers_->alive[i]) continue;
    state_->values[i] = queue.device().matrix(rows, state_->nodes()[i].columns);
    state_->kept[i] = network.layers_->made[i]->keep(queue.device());
  }
}

Passes::~Passes() = default;

Tensor Passes::forward(const Tensor& weights, const Tensor& buffers, const Tensor& inputs,
                       Mode mode) {
  State& state = *state_;
  const Graph& graph = state.network.graph();
  if (inputs.columns != graph.input_columns() || inputs.rows > state.rows)
    throw GraphError{
        fmt::format("a model of {} columns and passes of at most {} rows was given {} x {}",
                    graph.input_columns(), state.rows, inputs.rows, inputs.columns)};
  state.inputs = inputs;
  state.mode = mode;
  const Pass pass{state.queue, weights, buffers, mode};
  for (std::size_t i = 1; i <= graph.output(); ++i) {
    if (!state.network.layers_->alive[i]) continue;
    state.network.layers_->made[i]->forward(
        pass, state.kept[i], state.values_of(state.nodes()[i].inputs), state.value(i));
  }
  return state.value(graph.output());
}

void Passes::backward(const Tensor& weights, const Tensor& buffers, const Tensor& logit_gradient,
                      Need need, const Tensor& weight_gradient, const Tensor& input_gradient) {
  State& state = *state_;
  const Network::Layers& layers = *state.network.layers_;
  const std::size_t output = state.network.graph().output();
  const std::size_t rows = state.inputs.rows;
  const Pass pass{state.queue, weights, buffers, state.mode};
  state.allocate_gradients();
  if (need.weights && layers.idle_weights) state.queue.fill(weight_gradient, 0.0F);

  const auto gradient = [&](std::size_t i) {
    return i == output ? logit_gradient : i == 0 ? input_gradient : state.gradients[i].head(rows);
  };
  const auto wanted = [&](std::size_t i) {
    return need.inputs || (need.weights && layers.trainable[i]);
  };
  std::vector<bool> written(output + 1, false);
  for (std::size_t i = output; i > 0; --i) {
    if (!layers.alive[i] || !wanted(i)) continue;
    const auto& inputs = state.nodes()[i].inputs;
    std::vector<Tensor> dx(inputs.size());
    std::vector<std::size_t> to_add;
    for (std::size_t j = 0; j < inputs.size(); ++j) {
      if (!wanted(inputs[j])) continue;
      // A node that others have read as well has a gradient already: theirs comes on top.
      if (written[inputs[j]]) {
        dx[j] = state.spares[j].head(rows);
        dx[j].columns = state.nodes()[inputs[j]].columns;
        to_add.push_back(j);
      } else {
        dx[j] = gradient(inputs[j]);
      }
      written[inputs[j]] = true;
    }
    const std::size_t reader = layers.reader[i];
    const bool centred = reader != 0 && layers.made[reader]->centres_gradient(state.mode);
    const Tensor dy = gradient(i);
    layers.made[i]->backward(pass, state.kept[i], state.values_of(inputs),
                             {dy, centred, dx, need.weights ? weight_gradient : Tensor{}});
    for (const std::size_t j : to_add) state.queue.axpy(1.0F, dx[j], gradient(inputs[j]));
  }
}

}  // namespace steppe::network
