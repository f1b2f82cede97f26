#include "framework/run/batch_loss.hpp"

namespace steppe::run {

network::Context context_of(const network::Network& network, data::Batch& batch) {
  network::Context out;
  if (network.needs_filled()) out.filled = batch.filled();
  return out;
}

BatchLoss::BatchLoss(const network::Network& network, compute::Queue& queue, std::size_t capacity)
    : network_{network},
      queue_{queue},
      passes_{network, queue, capacity},
      values_all_{queue.device().matrix(capacity, 1)},
      logit_gradient_all_{queue.device().matrix(capacity, 1)},
      weights_all_{queue.device().matrix(capacity, 1)} {}

void BatchLoss::set_events(data::Batch& batch, std::optional<compute::RandomKey> random) {
  context_ = context_of(network_, batch);
  if (!random) return;
  context_.random = *random;
  context_.row_ids = batch.event_ids();
}

void BatchLoss::forward(const WeightPoint& at, const compute::Tensor& inputs,
                        const compute::Tensor& labels, steppe_quantity quantity,
                        network::Mode mode) {
  at_ = at;
  values_ = values_all_.head(inputs.rows);
  logit_gradient_ = logit_gradient_all_.head(inputs.rows);
  quantity_ = quantity;
  logits_ = passes_.forward(at.weights, at.buffers, inputs, mode, context_);
  if (quantity == STEPPE_LOGIT) {
    queue_.copy(logits_, values_);
    queue_.fill(logit_gradient_, 1.0F);
  } else {
    queue_.bce_with_logits(logits_, labels, values_, logit_gradient_);
  }
}

void BatchLoss::mean(const compute::Tensor& event_weights, const compute::Tensor& to) {
  queue_.weighted_mean(values_, event_weights, to);
}

compute::Tensor BatchLoss::shares(const compute::Tensor& event_weights) {
  const auto share = weights_all_.head(values_.rows);
  queue_.copy(event_weights, share);
  queue_.normalise_weights(share);
  return share;
}

void BatchLoss::weight_gradient(const compute::Tensor& event_weights, const compute::Tensor& to) {
  const auto share = shares(event_weights);
  queue_.multiply(logit_gradient_, share);
  passes_.backward(at_.weights, at_.buffers, share, {.weights = true, .inputs = false}, to, {});
}

void BatchLoss::input_gradient(const compute::Tensor& to) {
  passes_.backward(at_.weights, at_.buffers, logit_gradient_, {.weights = false, .inputs = true},
                   {}, to);
}

compute::Tensor BatchLoss::logit_gradient_tangent(const compute::Tensor& logits_tangent) {
  if (!tangent_all_) tangent_all_ = queue_.device().matrix(values_all_.rows, 1);
  const auto tangent = tangent_all_.head(values_.rows);
  if (quantity_ == STEPPE_LOGIT)
    queue_.fill(tangent, 0.0F);  // the logit's own gradient is 1 everywhere
  else
    queue_.bce_with_logits_tangent(logits_, logits_tangent, tangent);
  return tangent;
}

void BatchLoss::weight_hessian(const compute::Tensor& event_weights,
                               const compute::Tensor& direction, const compute::Tensor& to) {
  constexpr network::Need need{.weights = true, .inputs = false};
  if (!gradient_) gradient_ = queue_.device().flat(at_.weights.segments);
  const auto tangent =
      logit_gradient_tangent(passes_.tangent_forward(at_.weights, at_.buffers, direction, {}));
  const auto share = shares(event_weights);
  queue_.multiply(share, tangent);
  queue_.multiply(logit_gradient_, share);
  passes_.backward(at_.weights, at_.buffers, share, need, gradient_, {});
  passes_.tangent_backward(at_.weights, at_.buffers, direction, share, tangent, need, to, {});
}

void BatchLoss::input_hessian(const compute::Tensor& direction, const compute::Tensor& to) {
  constexpr network::Need need{.weights = false, .inputs = true};
  const auto tangent =
      logit_gradient_tangent(passes_.tangent_forward(at_.weights, at_.buffers, {}, direction));
  passes_.backward(at_.weights, at_.buffers, logit_gradient_, need, {}, to);
  passes_.tangent_backward(at_.weights, at_.buffers, {}, logit_gradient_, tangent, need, {}, to);
}

}  // namespace steppe::run
