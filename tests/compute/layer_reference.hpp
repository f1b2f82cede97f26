// Products, activations with their derivatives, and the cross-entropy, in double.
#pragma once

#include "activation_reference.hpp"
#include "device_fixture.hpp"
#include "hyper_dual.hpp"

namespace steppe::compute {

/// c <- a b + start, element by element, where `a` and `b` are read as asked.
inline Reference product(const Reference& a, const Reference& b, const Reference& start,
                         Transpose transpose) {
  Reference c = start;
  const std::size_t inner = transpose == Transpose::first ? a.rows : a.columns;
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t n = 0; n < c.columns; ++n)
      for (std::size_t k = 0; k < inner; ++k)
        c(r, n) += (transpose == Transpose::first ? a(k, r) : a(r, k)) *
                   (transpose == Transpose::second ? b(n, k) : b(k, n));
  return c;
}

/// f(x), dy f'(x), and how the latter moves.
struct ActivationPasses {
  Reference y, dx, dx_tangent;
};
inline ActivationPasses activation_passes(Activation kind, double slope, const Reference& x,
                                          const Reference& dy, const Reference& x_tangent,
                                          const Reference& dy_tangent) {
  ActivationPasses passes{x, x, x};
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const HyperDual y = activated(kind, slope, HyperDual{x.values[i], 1, x_tangent.values[i], 0});
    passes.y.values[i] = y.value;
    passes.dx.values[i] = dy.values[i] * y.first;
    passes.dx_tangent.values[i] = dy_tangent.values[i] * y.first + dy.values[i] * y.mixed;
  }
  return passes;
}

/// softplus(z) - y z, for a label y of 0 or 1
inline double cross_entropy(double z, double y) {
  return (std::max(z, 0.0) - y * z) + std::log1p(std::exp(-std::abs(z)));
}
/// sigmoid(z) - y
inline double cross_entropy_slope(double z, double y) {
  return y == 0 ? 1.0 / (1.0 + std::exp(-z)) : -1.0 / (1.0 + std::exp(z));
}
inline double cross_entropy_curvature(double z) {
  const double e = std::exp(-std::abs(z));
  return e / ((1 + e) * (1 + e));
}

}  // namespace steppe::compute
