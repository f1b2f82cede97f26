// The tangents of forward and backward: how both move in a direction of weights and inputs.
//
// With forward over reverse (Pearlmutter, Neural Computation 6 (1994) 147) a Hessian-vector product
// costs about two more passes and is exact: no step size, no difference of nearly equal numbers.
#include "framework/network/passes_state.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::network {

void Passes::State::allocate_tangents() {
  if (!tangents.empty()) return;
  tangents = inner_tensors();
  const std::size_t output = network.graph().output();
  tangents[output] = queue.matrix(rows, nodes()[output].columns);
}

Tensor Passes::tangent_forward(const Tensor& weights, const Tensor& buffers,
                               const Tensor& weight_direction, const Tensor& input_direction) {
  State& state = *state_;
  if (!state.inputs)
    throw GraphError{"'tangent_forward' was asked before 'forward'; run 'forward' first"};
  if (input_direction && (input_direction.rows != state.inputs.rows ||
                          input_direction.columns != state.inputs.columns))
    throw GraphError{fmt::format("inputs of {} x {} cannot move in a direction of {} x {}",
                                 state.inputs.rows, state.inputs.columns, input_direction.rows,
                                 input_direction.columns)};
  state.allocate_tangents();
  state.input_direction = input_direction;
  state.moving.assign(state.nodes().size(), false);
  state.moving[0] = bool{input_direction};
  state.moved = true;
  const Pass pass{state.queue, weights, buffers, state.mode, state.context};
  const std::size_t output = state.network.graph().output();
  for (std::size_t i = 1; i <= output; ++i) {
    if (!state.layers().alive[i]) continue;
    const Layer& layer = *state.layers().made[i];
    const auto& inputs = state.nodes()[i].inputs;
    state.moving[i] = (weight_direction && layer.has_weights() && state.counts[i]) ||
                      std::ranges::any_of(inputs, [&](std::size_t j) { return state.moving[j]; });
    if (!state.moving[i]) continue;
    const std::span<const Tensor> moved = state.tangents_of(inputs);
    layer.tangent_forward(pass, state.kept[i], state.values_of(inputs),
                          {state.if_they_count(weight_direction, i), moved}, state.tangent(i));
  }
  const Tensor logits_tangent = state.tangents[output].head(state.inputs.rows);
  if (!state.moving[output]) state.queue.fill(logits_tangent, 0.0F);
  return logits_tangent;
}

void Passes::backward_for_tangents(const Tensor& weights, const Tensor& buffers,
                                   const Tensor& logit_gradient, Need need) {
  State& state = *state_;
  const Pass pass{state.queue, weights, buffers, state.mode, state.context};
  const auto& layers = state.layers();
  state.allocate_gradients();
  state.flowed = need;
  state.flowed_for_tangents = true;
  const Tensor nowhere;
  state.walk_back(
      {logit_gradient, nowhere, state.gradients}, need, nowhere,
      [&](std::size_t i) {
        return (need.inputs && layers.bends[i]) || (need.weights && state.reaches[i]);
      },
      [&](std::size_t i, const Gradients& gradients) {
        // The last nodes of the walk hand nothing down.
        if (std::ranges::none_of(gradients.dx, &Tensor::operator bool)) return;
        layers.made[i]->backward(pass, state.kept[i], state.values_of(state.nodes()[i].inputs),
                                 gradients);
      });
}

void Passes::tangent_backward(const Tensor& weights, const Tensor& buffers,
                              const Tensor& weight_direction, const Tensor& logit_gradient,
                              const Tensor& logit_gradient_tangent, Need need,
                              const Tensor& weight_result, const Tensor& input_result) {
  State& state = *state_;
  if (!state.moved)
    throw GraphError{"'tangent_backward' needs a 'tangent_forward' after the last 'forward'"};
  if ((need.weights && !state.flowed.weights) || (need.inputs && !state.flowed.inputs))
    throw GraphError{
        "'tangent_backward' needs a 'backward' after the last 'forward', asked for the same"};
  if (state.flowed_for_tangents && !state.flowed.weights && weight_direction)
    throw GraphError{
        "'backward_for_tangents' was asked for inputs alone, and weights move; ask it for both"};
  if (state.gradient_tangents.empty()) state.gradient_tangents = state.inner_tensors();
  const Pass pass{state.queue, weights, buffers, state.mode, state.context};
  // The gradient of the inputs is nobody's dy.
  const Flow gradients{logit_gradient, input_result, state.gradients};
  state.walk_back(
      {logit_gradient_tangent, input_result, state.gradient_tangents}, need, weight_result,
      [&](std::size_t i) { return state.wanted(need, i); },
      [&](std::size_t i, const Gradients& tangents) {
        const auto& inputs = state.nodes()[i].inputs;
        const std::span<const Tensor> moved = state.tangents_of(inputs);
        state.layers().made[i]->tangent_backward(pass, state.kept[i], state.values_of(inputs),
                                                 {state.if_they_count(weight_direction, i), moved},
                                                 state.at(gradients, i), tangents);
      });
}

}  // namespace steppe::network
