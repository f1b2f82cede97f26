#include "framework/run/batch_loss.hpp"

namespace steppe::run {

BatchLoss::BatchLoss(const network::Network& network, compute::Queue& queue, std::size_t capacity)
    : queue_{queue},
      passes_{network, queue, capacity},
      values_all_{queue.device().matrix(capacity, 1)},
      logit_gradient_all_{queue.device().matrix(capacity, 1)},
      weights_all_{queue.device().matrix(capacity, 1)} {}

void BatchLoss::forward(const WeightPoint& at, const compute::Tensor& inputs,
                        const compute::Tensor& labels, steppe_quantity quantity,
                        network::Mode mode) {
  at_ = at;
  values_ = values_all_.head(inputs.rows);
  logit_gradient_ = logit_gradient_all_.head(inputs.rows);
  const auto logits = passes_.forward(at.weights, at.buffers, inputs, mode);
  if (quantity == STEPPE_LOGIT) {
    queue_.copy(logits, values_);
    queue_.fill(logit_gradient_, 1.0F);
  } else {
    queue_.bce_with_logits(logits, labels, values_, logit_gradient_);
  }
}

void BatchLoss::mean(const compute::Tensor& event_weights, const compute::Tensor& to) {
  queue_.weighted_mean(values_, event_weights, to);
}

void BatchLoss::weight_gradient(const compute::Tensor& event_weights, const compute::Tensor& to) {
  const auto share = weights_all_.head(values_.rows);
  queue_.copy(event_weights, share);
  queue_.normalise_weights(share);
  queue_.multiply(logit_gradient_, share);
  passes_.backward(at_.weights, at_.buffers, share, {.weights = true, .inputs = false}, to, {});
}

void BatchLoss::input_gradient(const compute::Tensor& to) {
  passes_.backward(at_.weights, at_.buffers, logit_gradient_, {.weights = false, .inputs = true},
                   {}, to);
}

}  // namespace steppe::run
