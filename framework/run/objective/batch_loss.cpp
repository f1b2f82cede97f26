#include "framework/run/objective/batch_loss.hpp"

#include <utility>

namespace steppe::run {

network::Context context_of(const network::Network& network, data::Batch& batch) {
  network::Context out;
  if (network.needs_filled()) out.filled = batch.filled();
  return out;
}

BatchLoss::BatchLoss(const network::Network& network, compute::Queue& queue, std::size_t capacity)
    : network_{network},
      loss_{network.loss()},
      queue_{queue},
      passes_{network, queue, capacity},
      values_all_{queue.matrix(capacity, 1)},
      logit_gradient_all_{queue.matrix(capacity, loss_.outputs)},
      weighted_all_{queue.matrix(capacity, loss_.outputs)},
      shares_all_{queue.matrix(capacity, 1)} {}

void BatchLoss::set_events(data::Batch& batch, std::optional<compute::RandomKey> random) {
  context_ = context_of(network_, batch);
  if (!random) return;
  context_.random = *random;
  context_.row_ids = batch.event_ids();
}

void BatchLoss::forward(const WeightPoint& at, const compute::Tensor& inputs,
                        const compute::Tensor& labels, steppe_quantity quantity, network::Mode mode,
                        compute::Precision precision) {
  at_ = at;
  context_.precision = precision;
  ready_for_ = Curvature::none;
  values_ = values_all_.head(inputs.rows);
  logit_gradient_ = logit_gradient_all_.head(inputs.rows);
  quantity_ = quantity;
  labels_ = labels;
  logits_ = passes_.forward(at.weights, at.buffers, inputs, mode, context_);
  if (quantity == STEPPE_LOGIT)
    loss_.own_output(queue_, logits_, labels, values_, logit_gradient_);
  else
    loss_.evaluate(queue_, logits_, labels, values_, logit_gradient_);
}

void BatchLoss::mean(const compute::Tensor& event_weights, const compute::Tensor& to) {
  queue_.weighted_mean(values_, event_weights, to);
}

compute::Tensor BatchLoss::shares(const compute::Tensor& event_weights) {
  const auto share = shares_all_.head(values_.rows);
  queue_.copy(event_weights, share);
  queue_.normalise_weights(share);
  return share;
}

compute::Tensor BatchLoss::weighted_logit_gradient(const compute::Tensor& share) {
  const auto weighted = weighted_all_.head(values_.rows);
  queue_.copy(logit_gradient_, weighted);
  queue_.multiply(share, weighted);
  return weighted;
}

void BatchLoss::weight_gradient(const compute::Tensor& event_weights, const compute::Tensor& to) {
  ready_for_ = Curvature::none;
  const auto weighted = weighted_logit_gradient(shares(event_weights));
  passes_.backward(at_.weights, at_.buffers, weighted, {.weights = true, .inputs = false}, to, {});
}

void BatchLoss::input_gradient(const compute::Tensor& to) {
  ready_for_ = Curvature::none;
  passes_.backward(at_.weights, at_.buffers, logit_gradient_, {.weights = false, .inputs = true},
                   {}, to);
}

compute::Tensor BatchLoss::logit_gradient_tangent(const compute::Tensor& logits_tangent) {
  if (!tangent_all_) tangent_all_ = queue_.matrix(values_all_.rows, loss_.outputs);
  const auto tangent = tangent_all_.head(values_.rows);
  if (quantity_ == STEPPE_LOGIT)
    queue_.fill(tangent, 0.0F);  // an output's own gradient is 1 everywhere
  else
    loss_.tangent(queue_, logits_, labels_, logits_tangent, tangent);
  return tangent;
}

void BatchLoss::weight_hessian(const compute::Tensor& event_weights,
                               const compute::Tensor& direction, const compute::Tensor& to) {
  constexpr network::Need need{.weights = true, .inputs = false};
  const auto share = shares_all_.head(values_.rows), weighted = weighted_all_.head(values_.rows);
  if (std::exchange(ready_for_, Curvature::of_weights) != Curvature::of_weights)
    passes_.backward_for_tangents(at_.weights, at_.buffers,
                                  weighted_logit_gradient(shares(event_weights)), need);
  const auto tangent =
      logit_gradient_tangent(passes_.tangent_forward(at_.weights, at_.buffers, direction, {}));
  queue_.multiply(share, tangent);
  passes_.tangent_backward(at_.weights, at_.buffers, direction, weighted, tangent, need, to, {});
}

void BatchLoss::input_hessian(const compute::Tensor& direction, const compute::Tensor& to) {
  constexpr network::Need need{.weights = false, .inputs = true};
  if (std::exchange(ready_for_, Curvature::of_inputs) != Curvature::of_inputs)
    passes_.backward_for_tangents(at_.weights, at_.buffers, logit_gradient_, need);
  const auto tangent =
      logit_gradient_tangent(passes_.tangent_forward(at_.weights, at_.buffers, {}, direction));
  passes_.tangent_backward(at_.weights, at_.buffers, {}, logit_gradient_, tangent, need, {}, to);
}

}  // namespace steppe::run
