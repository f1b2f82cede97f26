// Operations on each value alone.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

#include <steppe/random.hpp>

#include <cmath>
#include <string>

namespace steppe::compute::gpu {

namespace {

/// As kernels/activations.cl calls it.
std::string name_of(Activation kind) {
  switch (kind) {
    case Activation::silu:
      return "silu";
    case Activation::relu:
      return "relu";
    case Activation::leaky_relu:
      return "leaky_relu";
    case Activation::sigmoid:
      return "sigmoid";
    case Activation::gelu:
      return "gelu";
    case Activation::tanh:
      return "tanh";
    case Activation::elu:
      return "elu";
    case Activation::selu:
      return "selu";
    case Activation::softplus:
      return "softplus";
  }
  return {};
}

std::string activation(Activation kind, const char* operation) {
  return "activations." + name_of(kind) + "_" + operation;
}

}  // namespace

void GpuQueue::copy(const Tensor& from, const Tensor& to) {
  require_same_shape("copy", from, to);
  each("elementwise.copy", to, from);
}

void GpuQueue::fill(const Tensor& to, float value) { each("elementwise.fill", to, value); }

void GpuQueue::axpy(float a, const Tensor& x, const Tensor& y) {
  require_same_shape("axpy", x, y);
  if (a != 0.0F) each("elementwise.axpy", y, x, a);
}

void GpuQueue::axpby(float a, const Tensor& x, float b, const Tensor& y) {
  require_same_shape("axpby", x, y);
  each("elementwise.axpby", y, x, a, b);
}

void GpuQueue::axpby_square(float a, const Tensor& x, float b, const Tensor& y) {
  require_same_shape("axpby_square", x, y);
  each("elementwise.axpby_square", y, x, a, b);
}

void GpuQueue::scale(float a, const Tensor& y) { each("elementwise.scale", y, a); }

void GpuQueue::multiply(const Tensor& x, const Tensor& y) {
  const bool column = x.columns == 1 && x.rows == y.rows;
  if (!column) require_row_or_same("multiply", x, y);
  each("elementwise.multiply", y, repeated(x), count(x.columns == 1 ? 0 : 1));
}

void GpuQueue::sign(const Tensor& x, const Tensor& y) {
  require_same_shape("sign", x, y);
  each("elementwise.sign", y, x);
}

void GpuQueue::clamp(float low, float high, const Tensor& y) {
  each("elementwise.clamp", y, low, high);
}

void GpuQueue::clamp_around(const Tensor& centre, float radius, const Tensor& y) {
  require_same_shape("clamp_around", centre, y);
  each("elementwise.clamp_around", y, centre, radius);
}

void GpuQueue::restore(const Tensor& mask, const Tensor& x, const Tensor& y) {
  require_same_shape("restore", x, y);
  require_row_or_same("restore", mask, y);
  each("elementwise.restore", y, repeated(mask), x);
}

void GpuQueue::adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon,
                             const Tensor& w) {
  require_same_shape("adaptive_step", m, w);
  require_same_shape("adaptive_step", v, w);
  each("elementwise.adaptive_step", w, m, v, a, b, epsilon);
}

void GpuQueue::times(const Tensor& x, const Tensor& factor, const Tensor& y) {
  require_same_shape("times", x, y);
  require_row_or_same("times", factor, y);
  each("elementwise.times", y, x, repeated(factor));
}

void GpuQueue::adam_step(const AdamStep& step, const Tensor& gradient, const Tensor& mean,
                         const Tensor& square, const Tensor& weights) {
  for (const Tensor* tensor : {&gradient, &mean, &square})
    require_same_shape("adam_step", *tensor, weights);
  each("elementwise.adam_step", weights, mean, square, gradient, step.shrink, step.mean_new,
       step.mean_kept, step.square_new, step.square_kept, step.rate, step.root_factor,
       step.epsilon);
}

void GpuQueue::signed_step(float a, const Tensor& slope, const Tensor& centre, float radius,
                           const Tensor& y) {
  require_same_shape("signed_step", slope, y);
  if (centre) require_same_shape("signed_step", centre, y);
  if (a != 0.0F)
    each("elementwise.signed_step", y, slope, centre, a, radius);
  else if (centre)
    clamp_around(centre, radius, y);
}

void GpuQueue::uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
                       const Tensor& y) {
  require_entries("uniform", row_ids.size(), y);
  if (row_ids.empty()) return;
  const auto ids = sent(row_ids);
  // low + span * u may round up to `high`, which the interval leaves out.
  each("random.uniform", y, ids.get(), random_key(key.key, key.stream), low, high - low,
       std::nextafter(high, low));
}

void GpuQueue::normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
                      const Tensor& y) {
  require_entries("normal", row_ids.size(), y);
  if (row_ids.empty()) return;
  const auto ids = sent(row_ids);
  each("random.normal", y, ids.get(), random_key(key.key, key.stream), sigma);
}

void GpuQueue::add_row(const Tensor& row, const Tensor& y) {
  require_shape("add_row", row, 1, y.columns);
  each("elementwise.add_row", y, row);
}

void GpuQueue::standardise(const Tensor& x, const Tensor& mean, const Tensor& factor,
                           const Tensor& y) {
  require_same_shape("standardise", x, y);
  require_shape("standardise", mean, 1, x.columns);
  require_shape("standardise", factor, 1, x.columns);
  each("elementwise.standardise", y, x, mean, factor);
}

void GpuQueue::activate(Activation kind, float slope, const Tensor& x, const Tensor& y) {
  require_same_shape("activate", x, y);
  each(activation(kind, "activate"), y, x, slope);
}

void GpuQueue::activate_keeping(Activation kind, float slope, const Tensor& row, const Tensor& x,
                                const Tensor& y, const Tensor& derivative) {
  require_same_shape("activate_keeping", x, y);
  if (row) require_shape("activate_keeping", row, 1, x.columns);
  if (derivative) require_same_shape("activate_keeping", derivative, x);
  each(activation(kind, "activate_keeping"), y, x, derivative, row, slope);
}

void GpuQueue::activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                                 const Tensor& dx) {
  require_same_shape("activate_backward", dy, x);
  require_same_shape("activate_backward", dx, x);
  each(activation(kind, "activate_backward"), dx, x, dy, slope);
}

void GpuQueue::activate_second(Activation kind, float slope, const Tensor& x,
                               const Tensor& x_tangent, const Tensor& dy, const Tensor& dy_tangent,
                               const Tensor& dx_tangent) {
  for (const Tensor* tensor : {&x_tangent, &dy, &dy_tangent, &dx_tangent})
    require_same_shape("activate_second", *tensor, x);
  each(activation(kind, "activate_second"), dx_tangent, x, x_tangent, dy, dy_tangent, slope);
}

}  // namespace steppe::compute::gpu
