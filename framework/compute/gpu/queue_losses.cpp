// Losses of one row each.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

namespace steppe::compute::gpu {

void GpuQueue::bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                               const Tensor& gradient) {
  require_shape("bce_with_logits", logits, logits.rows, 1);
  require_loss("bce_with_logits", logits, labels, values, gradient);
  if (values) each("losses.bce_value", values, logits, labels);
  if (gradient) each("losses.bce_gradient", gradient, logits, labels);
}

void GpuQueue::bce_with_logits_tangent(const Tensor& logits, const Tensor& logits_tangent,
                                       const Tensor& gradient_tangent) {
  require_shape("bce_with_logits_tangent", logits, logits.rows, 1);
  require_same_shape("bce_with_logits_tangent", logits_tangent, logits);
  require_same_shape("bce_with_logits_tangent", gradient_tangent, logits);
  // The gradient is sigmoid(z) - y, and y does not move.
  activate_backward(Activation::sigmoid, 0.0F, logits, logits_tangent, gradient_tangent);
}

void GpuQueue::each_row(const char* name, const Tensor& to, const Tensor& logits,
                        const Tensor& other) {
  launcher_.run(name, Grid::of(logits.rows), to, count(logits.rows), count(logits.columns), logits,
                other);
}

void GpuQueue::cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& values,
                             const Tensor& gradient) {
  require_loss("cross_entropy", logits, labels, values, gradient);
  if (values) each_row("losses.cross_entropy_value", values, logits, labels);
  if (gradient) each_row("losses.cross_entropy_gradient", gradient, logits, labels);
}

void GpuQueue::cross_entropy_tangent(const Tensor& logits, const Tensor& logits_tangent,
                                     const Tensor& gradient_tangent) {
  require_same_shape("cross_entropy_tangent", logits_tangent, logits);
  require_same_shape("cross_entropy_tangent", gradient_tangent, logits);
  each_row("losses.cross_entropy_moves", gradient_tangent, logits, logits_tangent);
}

void GpuQueue::logit_of_label(const Tensor& logits, const Tensor& labels, const Tensor& values,
                              const Tensor& gradient) {
  require_loss("logit_of_label", logits, labels, values, gradient);
  if (values) each_row("losses.logit_of_label", values, logits, labels);
  if (gradient) each_row("losses.gradient_of_label", gradient, logits, labels);
}

void GpuQueue::squared_error(const Tensor& outputs, const Tensor& targets, const Tensor& values,
                             const Tensor& gradient) {
  require_shape("squared_error", outputs, outputs.rows, 1);
  require_loss("squared_error", outputs, targets, values, gradient);
  if (values) each("losses.squared_error_value", values, outputs, targets);
  if (gradient) each("losses.squared_error_gradient", gradient, outputs, targets);
}

void GpuQueue::huber(const Tensor& outputs, const Tensor& targets, float delta,
                     const Tensor& values, const Tensor& gradient) {
  require_shape("huber", outputs, outputs.rows, 1);
  require_loss("huber", outputs, targets, values, gradient);
  if (values) each("losses.huber_value", values, outputs, targets, delta);
  if (gradient) each("losses.huber_gradient", gradient, outputs, targets, delta);
}

void GpuQueue::huber_tangent(const Tensor& outputs, const Tensor& targets, float delta,
                             const Tensor& outputs_tangent, const Tensor& gradient_tangent) {
  require_shape("huber_tangent", outputs, outputs.rows, 1);
  for (const Tensor* tensor : {&targets, &outputs_tangent, &gradient_tangent})
    require_same_shape("huber_tangent", *tensor, outputs);
  each("losses.huber_moves", gradient_tangent, outputs, targets, outputs_tangent, delta);
}

}  // namespace steppe::compute::gpu
