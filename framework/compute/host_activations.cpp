// Activations, their derivatives, and the binary cross-entropy.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/spans.hpp"
#include "framework/compute/vector_math.hpp"

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

STEPPE_KERNEL void silu(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = x[i] * sigmoid(x[i]);
}

STEPPE_KERNEL void silu_backward(Count n, float* dx, const float* x, const float* dy) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const Logistic s = logistic(x[i]);
    dx[i] = dy[i] * (s.value + x[i] * (s.value * s.complement));
  }
}

STEPPE_KERNEL void sigmoid_forward(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = sigmoid(x[i]);
}

STEPPE_KERNEL void sigmoid_backward(Count n, float* dx, const float* x, const float* dy) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const Logistic s = logistic(x[i]);
    dx[i] = dy[i] * (s.value * s.complement);
  }
}

// ReLU is the leaky one with slope 0, except that it must not turn -infinity into NaN.
STEPPE_KERNEL void relu(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = x[i] < 0.0F ? 0.0F : x[i];
}

STEPPE_KERNEL void leaky_relu(Count n, float* y, const float* x, float slope) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float leak = slope * x[i];
    y[i] = x[i] > 0.0F ? x[i] : leak;
  }
}

STEPPE_KERNEL void leaky_relu_backward(Count n, float* dx, const float* x, const float* dy,
                                       float slope) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float leak = slope * dy[i];
    dx[i] = x[i] > 0.0F ? dy[i] : leak;
  }
}

// Both are summed so that a confident and right answer does not cancel to noise.
STEPPE_KERNEL void bce_value(Count n, float* value, const float* logit, const float* label) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float z = logit[i];
    value[i] = ((z > 0.0F ? z : 0.0F) - label[i] * z) + softplus_excess(z);
  }
}

STEPPE_KERNEL void bce_gradient(Count n, float* gradient, const float* logit, const float* label) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const Logistic s = logistic(logit[i]);
    gradient[i] = (1.0F - label[i]) * s.value - label[i] * s.complement;
  }
}

}  // namespace

void activate(Activation kind, float slope, const View& x, const View& y) {
  switch (kind) {
    case Activation::silu:
      return for_each_span(silu, y, x);
    case Activation::sigmoid:
      return for_each_span(sigmoid_forward, y, x);
    case Activation::relu:
      return for_each_span(relu, y, x);
    case Activation::leaky_relu:
      return for_each_span(
          [=](Count n, float* to, const float* from) { leaky_relu(n, to, from, slope); }, y, x);
  }
}

void activate_backward(Activation kind, float slope, const View& x, const View& dy,
                       const View& dx) {
  const float leak = kind == Activation::relu ? 0.0F : slope;
  switch (kind) {
    case Activation::silu:
      return for_each_span(silu_backward, dx, x, dy);
    case Activation::sigmoid:
      return for_each_span(sigmoid_backward, dx, x, dy);
    case Activation::relu:
    case Activation::leaky_relu:
      return for_each_span([=](Count n, float* to, const float* at,
                               const float* from) { leaky_relu_backward(n, to, at, from, leak); },
                           dx, x, dy);
  }
}

void bce_with_logits(const View& logits, const View& labels, const View& values,
                     const View& gradient) {
  if (values.data) for_each_span(bce_value, values, logits, labels);
  if (gradient.data) for_each_span(bce_gradient, gradient, logits, labels);
}

}  // namespace steppe::compute::host
