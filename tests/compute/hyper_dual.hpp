// Numbers that carry derivatives: exact first and mixed second derivatives in two directions, in
// double. What tests compare tangents with.
//
// a + b e + c f + d e f with e^2 = f^2 = 0: evaluating g at x + e u + f v gives g(x), its slopes
// along u and along v, and u^T H v.
#pragma once

#include <cmath>
#include <numbers>

namespace steppe::compute {

struct HyperDual {
  double value = 0, first = 0, second = 0, mixed = 0;

  HyperDual() = default;
  HyperDual(double v) : value{v} {}  // NOLINT: plain numbers take part in sums and products
  HyperDual(double v, double f, double s, double m) : value{v}, first{f}, second{s}, mixed{m} {}

  HyperDual& operator+=(const HyperDual& x) {
    return *this = {value + x.value, first + x.first, second + x.second, mixed + x.mixed};
  }
};

/// f(x), where f, f' and f'' at x.value are given.
inline HyperDual chain(const HyperDual& x, double f, double df, double ddf) {
  return {f, df * x.first, df * x.second, df * x.mixed + ddf * x.first * x.second};
}

inline HyperDual operator+(HyperDual x, const HyperDual& y) { return x += y; }
inline HyperDual operator-(const HyperDual& x) { return {-x.value, -x.first, -x.second, -x.mixed}; }
inline HyperDual operator-(const HyperDual& x, const HyperDual& y) { return x + -y; }
inline HyperDual operator*(const HyperDual& x, const HyperDual& y) {
  return {x.value * y.value, x.value * y.first + x.first * y.value,
          x.value * y.second + x.second * y.value,
          x.value * y.mixed + x.first * y.second + x.second * y.first + x.mixed * y.value};
}
inline HyperDual operator/(const HyperDual& x, const HyperDual& y) {
  const double v = y.value;
  return x * chain(y, 1 / v, -1 / (v * v), 2 / (v * v * v));
}
inline bool operator>(const HyperDual& x, double y) { return x.value > y; }

inline HyperDual exp(const HyperDual& x) {
  const double e = std::exp(x.value);
  return chain(x, e, e, e);
}
inline HyperDual log1p(const HyperDual& x) {
  const double slope = 1 / (1 + x.value);
  return chain(x, std::log1p(x.value), slope, -slope * slope);
}
inline HyperDual expm1(const HyperDual& x) {
  return chain(x, std::expm1(x.value), std::exp(x.value), std::exp(x.value));
}
inline HyperDual tanh(const HyperDual& x) {
  const double y = std::tanh(x.value), cosh = std::cosh(x.value), slope = 1 / (cosh * cosh);
  return chain(x, y, slope, -2 * y * slope);
}
inline HyperDual erfc(const HyperDual& x) {
  const double slope = -2 * std::numbers::inv_sqrtpi * std::exp(-x.value * x.value);
  return chain(x, std::erfc(x.value), slope, -2 * x.value * slope);
}
inline HyperDual sqrt(const HyperDual& x) {
  const double root = std::sqrt(x.value);
  return chain(x, root, 0.5 / root, -0.25 / (root * x.value));
}

}  // namespace steppe::compute
