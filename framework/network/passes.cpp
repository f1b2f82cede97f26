// Forward and backward over the nodes of a graph.
#include "framework/network/passes_state.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

std::vector<Tensor> Passes::State::inner_tensors() const {
  std::vector<Tensor> made(nodes().size());
  for (std::size_t i = 1; i < network.graph().output(); ++i)
    if (layers().alive[i]) made[i] = queue.matrix(rows, nodes()[i].columns);
  return made;
}

void Passes::State::allocate_gradients() {
  if (!gradients.empty()) return;
  gradients = inner_tensors();
  std::size_t widest = 0, most_inputs = 1;
  const std::size_t output = network.graph().output();
  for (std::size_t i = 0; i <= output; ++i) {
    if (!layers().alive[i]) continue;
    most_inputs = std::max(most_inputs, nodes()[i].inputs.size());
    if (i != output && layers().reader[i] == 0) widest = std::max(widest, nodes()[i].columns);
  }
  spares.resize(most_inputs);
  if (widest > 0)
    for (Tensor& spare : spares) spare = queue.matrix(rows, widest);
}

Passes::Passes(const Network& network, Queue& queue, std::size_t rows)
    : state_{std::make_unique<State>(network, queue, rows)} {
  const std::size_t nodes = state_->nodes().size();
  state_->values.resize(nodes);
  state_->kept.resize(nodes);
  for (std::size_t i = 1; i < nodes; ++i) {
    if (!network.layers_->alive[i]) continue;
    state_->values[i] = queue.matrix(rows, state_->nodes()[i].columns);
    state_->kept[i] = network.layers_->made[i]->keep(queue, rows);
  }
  state_->counts.assign(nodes, true);
  state_->reaches = network.layers_->trainable;
}

Passes::~Passes() = default;

Tensor Passes::forward(const Tensor& weights, const Tensor& buffers, const Tensor& inputs,
                       Mode mode, const Context& context) {
  State& state = *state_;
  const Graph& graph = state.network.graph();
  if (inputs.columns != graph.input_columns() || inputs.rows > state.rows)
    throw GraphError{
        fmt::format("a model of {} columns and passes of at most {} rows was given {} x {}",
                    graph.input_columns(), state.rows, inputs.rows, inputs.columns)};
  state.inputs = inputs;
  state.mode = mode;
  state.context = context;
  state.context.row_ids = {};  // good for this pass alone
  state.moved = false;
  state.flowed = {};
  ++state.work.forward;
  state.work.flops += inputs.rows * state.network.forward_flops();
  Pass pass{state.queue, weights, buffers, mode, context};
  for (std::size_t i = 1; i <= graph.output(); ++i) {
    if (!state.layers().alive[i]) continue;
    pass.precision = state.forward_precision(i);
    state.layers().made[i]->forward(pass, state.kept[i], state.values_of(state.nodes()[i].inputs),
                                    state.value(i));
  }
  return state.value(graph.output());
}

const Work& Passes::work() const { return state_->work; }

Tensor Passes::last_inputs() const {
  const auto& last = state_->nodes()[state_->network.graph().output()];
  if (last.op != "dense")
    throw GraphError{
        fmt::format("the model ends in '{}'; only a 'dense' operation is a last layer with inputs "
                    "and weights",
                    last.name)};
  return state_->value(last.inputs[0]);
}

void Passes::backward(const Tensor& weights, const Tensor& buffers, const Tensor& logit_gradient,
                      Need need, const Tensor& weight_gradient, const Tensor& input_gradient) {
  State& state = *state_;
  const Pass pass{state.queue, weights,       buffers,
                  state.mode,  state.context, state.context.precision};
  state.allocate_gradients();
  state.flowed = need;
  state.flowed_for_tangents = false;
  ++state.work.backward;
  state.work.flops += state.inputs.rows * state.network.backward_flops(need);
  state.walk_back(
      {logit_gradient, input_gradient, state.gradients}, need, weight_gradient,
      [&](std::size_t i) { return state.wanted(need, i); },
      [&](std::size_t i, const Gradients& gradients) {
        state.layers().made[i]->backward(pass, state.kept[i],
                                         state.values_of(state.nodes()[i].inputs), gradients);
      });
}

void Passes::restrict_weights(const std::vector<bool>& segments) {
  State& state = *state_;
  const auto& layers = state.layers();
  state.restricted = std::ranges::find(segments, false) != segments.end();
  for (std::size_t i = 1; i < state.nodes().size(); ++i) {
    const auto own = segments.begin() + static_cast<std::ptrdiff_t>(layers.own_segments[i].first);
    const auto end = segments.begin() + static_cast<std::ptrdiff_t>(layers.own_segments[i].second);
    state.counts[i] = std::find(own, end, true) != end;
    state.reaches[i] = state.counts[i] ||
                       std::ranges::any_of(state.nodes()[i].inputs,
                                           [&](std::size_t input) { return state.reaches[input]; });
  }
}

}  // namespace steppe::network
