// Activations as textbooks write them, in double or in numbers that carry derivatives.
#pragma once

#include "framework/compute/device.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>

namespace steppe::compute {

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

template <class Scalar>
Scalar activated(Activation kind, double p, const Scalar& x) {
  using std::exp, std::expm1, std::tanh, std::erfc, std::log1p;
  switch (kind) {
    case Activation::silu:
      return x / (1.0 + exp(-x));
    case Activation::relu:
      return x > 0 ? x : Scalar{0.0};
    case Activation::leaky_relu:
      return x > 0 ? x : p * x;
    case Activation::sigmoid:
      return 1.0 / (1.0 + exp(-x));
    case Activation::gelu:
      return 0.5 * x * erfc(-x / std::numbers::sqrt2);
    case Activation::tanh:
      return tanh(x);
    case Activation::elu:
      return x > 0 ? x : p * expm1(x);
    case Activation::selu:
      return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x));
    case Activation::softplus:
      return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
  }
  return 0.0;
}

}  // namespace steppe::compute
