// Activations as textbooks write them, and their slopes.
#pragma once

#include "framework/compute/device.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>

#include "matrix.hpp"

namespace steppe::reference {

using compute::Activation;

inline constexpr std::array<std::pair<std::string_view, Activation>, 9> activations{
    {{"silu", Activation::silu},
     {"relu", Activation::relu},
     {"leaky_relu", Activation::leaky_relu},
     {"sigmoid", Activation::sigmoid},
     {"gelu", Activation::gelu},
     {"tanh", Activation::tanh},
     {"elu", Activation::elu},
     {"selu", Activation::selu},
     {"softplus", Activation::softplus}}};

inline constexpr double selu_alpha = 1.6732632423543772, selu_scale = 1.0507009873554805;

template <class S>
S sigmoid(const S& x) {
  using std::exp;
  return 1.0 / (1.0 + exp(-x));
}

/// f(x). `p`: the slope of leaky ReLU below zero; alpha of ELU.
template <class S>
S activation_value(Activation kind, double p, const S& x) {
  using std::exp, std::expm1, std::tanh, std::erfc, std::log1p;
  switch (kind) {
    case Activation::silu:
      return x * sigmoid(x);
    case Activation::relu:
      return x > 0 ? x : S{0};
    case Activation::leaky_relu:
      return x > 0 ? x : p * x;
    case Activation::sigmoid:
      return sigmoid(x);
    case Activation::gelu:
      return 0.5 * x * erfc(-x / std::numbers::sqrt2);
    case Activation::tanh:
      return tanh(x);
    case Activation::elu:
      return x > 0 ? x : p * expm1(x);
    case Activation::selu:
      return selu_scale * activation_value(Activation::elu, selu_alpha, x);
    case Activation::softplus:
      return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
  }
  return S{0};
}

/// f'(x)
template <class S>
S activation_slope(Activation kind, double p, const S& x) {
  using std::exp, std::erfc;
  constexpr double density = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  switch (kind) {
    case Activation::silu:
      return sigmoid(x) * (1.0 + x * sigmoid(-x));
    case Activation::relu:
      return x > 0 ? S{1} : S{0};
    case Activation::leaky_relu:
      return x > 0 ? S{1} : S{p};
    case Activation::sigmoid:
      return sigmoid(x) * sigmoid(-x);
    case Activation::gelu:
      return 0.5 * erfc(-x / std::numbers::sqrt2) + density * x * exp(-0.5 * x * x);
    case Activation::tanh:
      return 4.0 * sigmoid(2.0 * x) * sigmoid(-2.0 * x);
    case Activation::elu:
      return x > 0 ? S{1} : p * exp(x);
    case Activation::selu:
      return selu_scale * activation_slope(Activation::elu, selu_alpha, x);
    case Activation::softplus:
      return sigmoid(x);
  }
  return S{0};
}

/// y = f(x)
struct Activated {
  Activation kind = Activation::silu;
  double p = 0;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> y = at.x[0];
    for (S& value : y.values) value = activation_value(kind, p, value);
    return y;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    Matrix<S> dx = dy;
    for (std::size_t i = 0; i < dx.values.size(); ++i)
      dx.values[i] *= activation_slope(kind, p, at.x[0].values[i]);
    return {{dx}, {}};
  }
};

}  // namespace steppe::reference
