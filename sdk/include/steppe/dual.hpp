// Dual numbers: a value and how it moves. A formula evaluated on them gives its directional
// derivative beside its value, exact to rounding.
//
//   using std::exp;                       // plain numbers; dual ones are found by themselves
//   S y = x / (S(1) + exp(-x));           // S: float, double, Dual<float>, Dual<double>
//
// Comparisons look at values alone. At a kink the derivative is the one from below.
#pragma once

#include <algorithm>
#include <cmath>
#include <compare>
#include <concepts>
#include <numbers>
#include <type_traits>

namespace steppe {

/// value + tangent e, with e^2 = 0. In memory a value followed by its tangent, as abi.h has it.
template <std::floating_point T>
struct Dual {
  T value = 0, tangent = 0;

  constexpr Dual() = default;
  constexpr Dual(T v, T moves) : value{v}, tangent{moves} {}
  /// Plain numbers stand still.
  template <class Number>
  requires std::is_arithmetic_v<Number>
  constexpr Dual(Number v) : value{static_cast<T>(v)} {}
  template <std::floating_point Other>
  constexpr explicit(sizeof(Other) > sizeof(T)) Dual(const Dual<Other>& x)
      : value{static_cast<T>(x.value)}, tangent{static_cast<T>(x.tangent)} {}

  constexpr Dual& operator+=(const Dual& x) { return *this = *this + x; }
  constexpr Dual& operator-=(const Dual& x) { return *this = *this - x; }
  constexpr Dual& operator*=(const Dual& x) { return *this = *this * x; }
  constexpr Dual& operator/=(const Dual& x) { return *this = *this / x; }

  friend constexpr Dual operator+(const Dual& x) { return x; }
  friend constexpr Dual operator-(const Dual& x) { return {-x.value, -x.tangent}; }
  friend constexpr Dual operator+(const Dual& x, const Dual& y) {
    return {x.value + y.value, x.tangent + y.tangent};
  }
  friend constexpr Dual operator-(const Dual& x, const Dual& y) {
    return {x.value - y.value, x.tangent - y.tangent};
  }
  friend constexpr Dual operator*(const Dual& x, const Dual& y) {
    return {x.value * y.value, x.value * y.tangent + x.tangent * y.value};
  }
  friend constexpr Dual operator/(const Dual& x, const Dual& y) {
    const T ratio = x.value / y.value;
    return {ratio, (x.tangent - ratio * y.tangent) / y.value};
  }

  friend constexpr bool operator==(const Dual& x, const Dual& y) { return x.value == y.value; }
  friend constexpr std::partial_ordering operator<=>(const Dual& x, const Dual& y) {
    return x.value <=> y.value;
  }

  /// f(x), where f and its slope at x.value are given.
  constexpr Dual chain(T f, T slope) const { return {f, slope * tangent}; }

  friend Dual exp(const Dual& x) {
    const T e = std::exp(x.value);
    return x.chain(e, e);
  }
  friend Dual expm1(const Dual& x) { return x.chain(std::expm1(x.value), std::exp(x.value)); }
  friend Dual log(const Dual& x) { return x.chain(std::log(x.value), 1 / x.value); }
  friend Dual log1p(const Dual& x) { return x.chain(std::log1p(x.value), 1 / (1 + x.value)); }
  friend Dual sqrt(const Dual& x) {
    const T root = std::sqrt(x.value);
    return x.chain(root, 1 / (2 * root));
  }
  friend Dual sin(const Dual& x) { return x.chain(std::sin(x.value), std::cos(x.value)); }
  friend Dual cos(const Dual& x) { return x.chain(std::cos(x.value), -std::sin(x.value)); }
  friend Dual tanh(const Dual& x) {
    const T cosh = std::cosh(x.value);
    return x.chain(std::tanh(x.value), 1 / (cosh * cosh));
  }
  friend Dual erf(const Dual& x) { return x.chain(std::erf(x.value), erf_slope(x.value)); }
  friend Dual erfc(const Dual& x) { return x.chain(std::erfc(x.value), -erf_slope(x.value)); }
  friend Dual abs(const Dual& x) { return x.value > 0 ? x : -x; }
  friend constexpr Dual max(const Dual& x, const Dual& y) { return x > y ? x : y; }
  friend constexpr Dual min(const Dual& x, const Dual& y) { return y < x ? y : x; }
  /// x^y; a power that stands still may have a negative base.
  friend Dual pow(const Dual& x, const Dual& y) {
    const T power = std::pow(x.value, y.value);
    const Dual of_x = x.chain(power, y.value * std::pow(x.value, y.value - 1));
    return y.tangent == 0 ? of_x : of_x + Dual{0, power * std::log(x.value) * y.tangent};
  }

 private:
  static T erf_slope(T x) { return 2 * std::numbers::inv_sqrtpi_v<T> * std::exp(-x * x); }
};

}  // namespace steppe
