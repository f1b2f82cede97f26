#include "framework/network/loss.hpp"

#include <array>

namespace steppe::network {

std::string_view name(LossKind kind) {
  switch (kind) {
    case LossKind::binary_cross_entropy:
      return "binary_cross_entropy";
    case LossKind::cross_entropy:
      return "cross_entropy";
    case LossKind::squared_error:
      return "squared_error";
    case LossKind::huber:
      return "huber";
  }
  return "";
}

std::optional<LossKind> loss_kind(std::string_view name) {
  using enum LossKind;
  for (const auto kind : std::array{binary_cross_entropy, cross_entropy, squared_error, huber})
    if (network::name(kind) == name) return kind;
  return std::nullopt;
}

bool suits(LossKind kind, std::size_t classes) {
  if (kind == LossKind::binary_cross_entropy) return classes == 2;
  return kind == LossKind::cross_entropy ? classes > 2 : classes == 0;
}

LossKind usual_loss(std::size_t classes) {
  if (classes == 0) return LossKind::squared_error;
  return classes == 2 ? LossKind::binary_cross_entropy : LossKind::cross_entropy;
}

void Loss::evaluate(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& values,
                    const Tensor& gradient) const {
  switch (kind) {
    case LossKind::binary_cross_entropy:
      return queue.bce_with_logits(z, targets, values, gradient);
    case LossKind::cross_entropy:
      return queue.cross_entropy(z, targets, values, gradient);
    case LossKind::squared_error:
      return queue.squared_error(z, targets, values, gradient);
    case LossKind::huber:
      return queue.huber(z, targets, delta, values, gradient);
  }
}

void Loss::tangent(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& z_tangent,
                   const Tensor& gradient_tangent) const {
  switch (kind) {
    case LossKind::binary_cross_entropy:
      return queue.bce_with_logits_tangent(z, z_tangent, gradient_tangent);
    case LossKind::cross_entropy:
      return queue.cross_entropy_tangent(z, z_tangent, gradient_tangent);
    case LossKind::squared_error:
      queue.copy(z_tangent, gradient_tangent);
      return queue.scale(2.0F, gradient_tangent);
    case LossKind::huber:
      return queue.huber_tangent(z, targets, delta, z_tangent, gradient_tangent);
  }
}

void Loss::own_output(Queue& queue, const Tensor& z, const Tensor& targets, const Tensor& values,
                      const Tensor& gradient) const {
  if (outputs > 1) return queue.logit_of_label(z, targets, values, gradient);
  if (values) queue.copy(z, values);
  if (gradient) queue.fill(gradient, 1.0F);
}

}  // namespace steppe::network
