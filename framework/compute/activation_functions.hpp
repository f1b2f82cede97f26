// Activations: value, first and second derivative at one point, as straight-line code.
//
// `p` is the attribute a function has (leaky ReLU: the slope below zero); most have none. At a kink
// the derivative is the one from below, as in PyTorch, and the second derivative is zero.
#pragma once

#include "framework/compute/vector_math.hpp"

namespace steppe::compute {

/// x s(x), with s the logistic function
struct Silu {
  static float value(float x, float) { return x * sigmoid(x); }
  static float first(float x, float) {
    const Logistic s = logistic(x);
    return s.value + x * (s.value * s.complement);
  }
  static float second(float x, float) {
    const Logistic s = logistic(x);
    return (s.value * s.complement) * (2.0F + x * (s.complement - s.value));
  }
};

struct Sigmoid {
  static float value(float x, float) { return sigmoid(x); }
  static float first(float x, float) {
    const Logistic s = logistic(x);
    return s.value * s.complement;
  }
  static float second(float x, float) {
    const Logistic s = logistic(x);
    return (s.value * s.complement) * (s.complement - s.value);
  }
};

/// The leaky one with slope 0, except that it must not turn -infinity into NaN.
struct Relu {
  static float value(float x, float) { return x < 0.0F ? 0.0F : x; }
  static float first(float x, float) { return x > 0.0F ? 1.0F : 0.0F; }
  static float second(float, float) { return 0.0F; }
};

struct LeakyRelu {
  static float value(float x, float p) {
    const float leak = p * x;
    return x > 0.0F ? x : leak;
  }
  static float first(float x, float p) { return x > 0.0F ? 1.0F : p; }
  static float second(float, float) { return 0.0F; }
};

}  // namespace steppe::compute
