// Activations: value, first and second derivative at one point, as straight-line code.
//
// `p` is the attribute a function has (leaky ReLU: the slope below zero, ELU: alpha); most have
// none. At a kink the derivative is the one from below, as in PyTorch, and the second derivative is
// zero.
#pragma once

#include "framework/compute/vector_math.hpp"

namespace steppe::compute {

/// x s(x), with s the logistic function
struct Silu {
  [[gnu::always_inline]] static float value(float x, float) { return x * sigmoid(x); }
  [[gnu::always_inline]] static float first(float x, float) {
    const Logistic s = logistic(x);
    return s.value + x * (s.value * s.complement);
  }
  [[gnu::always_inline]] static float second(float x, float) {
    const Logistic s = logistic(x);
    return (s.value * s.complement) * (2.0F + x * (s.complement - s.value));
  }
};

struct Sigmoid {
  [[gnu::always_inline]] static float value(float x, float) { return sigmoid(x); }
  [[gnu::always_inline]] static float first(float x, float) {
    const Logistic s = logistic(x);
    return s.value * s.complement;
  }
  [[gnu::always_inline]] static float second(float x, float) {
    const Logistic s = logistic(x);
    return (s.value * s.complement) * (s.complement - s.value);
  }
};

/// The leaky one with slope 0, except that it must not turn -infinity into NaN.
struct Relu {
  [[gnu::always_inline]] static float value(float x, float) { return x < 0.0F ? 0.0F : x; }
  [[gnu::always_inline]] static float first(float x, float) { return x > 0.0F ? 1.0F : 0.0F; }
  [[gnu::always_inline]] static float second(float, float) { return 0.0F; }
};

struct LeakyRelu {
  [[gnu::always_inline]] static float value(float x, float p) {
    const float leak = p * x;
    return x > 0.0F ? x : leak;
  }
  [[gnu::always_inline]] static float first(float x, float p) { return x > 0.0F ? 1.0F : p; }
  [[gnu::always_inline]] static float second(float, float) { return 0.0F; }
};

/// x F(x), with F the normal distribution: the exact form (arXiv:1606.08415), not that with tanh
struct Gelu {
  [[gnu::always_inline]] static float value(float x, float) { return x * normal_at(x).below; }
  [[gnu::always_inline]] static float first(float x, float) {
    const Normal at = normal_at(x);
    return at.below + at.x * at.density;
  }
  [[gnu::always_inline]] static float second(float x, float) {
    const Normal at = normal_at(x);
    return at.density * (2.0F - at.x * at.x);
  }
};

struct Tanh {
  [[gnu::always_inline]] static float value(float x, float) { return hyperbolic_tangent(x); }
  [[gnu::always_inline]] static float first(float x, float) {
    const Logistic s = logistic(2.0F * x);
    return 4.0F * (s.value * s.complement);
  }
  [[gnu::always_inline]] static float second(float x, float) {
    return -2.0F * hyperbolic_tangent(x) * first(x, 0.0F);
  }
};

/// x above zero, p (exp(x) - 1) below (arXiv:1511.07289)
struct Elu {
  [[gnu::always_inline]] static float value(float x, float p) {
    const float below = p * expm1_negative(x > 0.0F ? 0.0F : x);
    return x > 0.0F ? x : below;
  }
  [[gnu::always_inline]] static float first(float x, float p) {
    const float below = p * exp_negative(x > 0.0F ? 0.0F : x);
    return x > 0.0F ? 1.0F : below;
  }
  [[gnu::always_inline]] static float second(float x, float p) {
    const float below = p * exp_negative(x > 0.0F ? 0.0F : x);
    return x > 0.0F ? 0.0F : below;
  }
};

/// ELU with the constants that keep mean 0 and variance 1 (arXiv:1706.02515)
struct Selu {
  static constexpr float alpha = 1.67326324F, scale = 1.05070099F;

  [[gnu::always_inline]] static float value(float x, float) { return scale * Elu::value(x, alpha); }
  [[gnu::always_inline]] static float first(float x, float) { return scale * Elu::first(x, alpha); }
  [[gnu::always_inline]] static float second(float x, float) {
    return scale * Elu::second(x, alpha);
  }
};

/// log(1 + exp(x))
struct Softplus {
  [[gnu::always_inline]] static float value(float x, float) {
    return (x > 0.0F ? x : 0.0F) + softplus_excess(x);
  }
  [[gnu::always_inline]] static float first(float x, float) { return Sigmoid::value(x, 0.0F); }
  [[gnu::always_inline]] static float second(float x, float) { return Sigmoid::first(x, 0.0F); }
};

}  // namespace steppe::compute
