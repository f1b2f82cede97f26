// Central differences in double: what references themselves are held to.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "matrix.hpp"

namespace steppe::reference {

inline constexpr double step = 1e-5;

/// The largest difference of two lists of tensors as a part of the largest magnitude in `wanted`;
/// absolute where that is zero.
inline double relative_error(const std::vector<Real>& got, const std::vector<Real>& wanted) {
  double difference = got.size() == wanted.size() ? 0 : HUGE_VAL, magnitude = 0;
  for (std::size_t s = 0; s < std::min(got.size(), wanted.size()); ++s) {
    for (std::size_t i = 0; i < wanted[s].values.size(); ++i) {
      const double here = std::abs(got[s].values[i] - wanted[s].values[i]);
      difference = std::isnan(here) ? HUGE_VAL : std::max(difference, here);
      magnitude = std::max(magnitude, std::abs(wanted[s].values[i]));
    }
  }
  return magnitude > 0 ? difference / magnitude : difference;
}
inline double relative_error(const Real& got, const Real& wanted) {
  return relative_error(std::vector{got}, std::vector{wanted});
}

/// at + factor direction
inline Real along(Real at, double factor, const Real& direction) {
  for (std::size_t i = 0; i < direction.values.size(); ++i)
    at.values[i] += factor * direction.values[i];
  return at;
}
inline Operands<double> along(Operands<double> at, double factor,
                              const Operands<double>& direction) {
  for (std::size_t i = 0; i < direction.x.size(); ++i)
    at.x[i] = along(at.x[i], factor, direction.x[i]);
  for (std::size_t i = 0; i < direction.weights.size(); ++i)
    at.weights[i] = along(at.weights[i], factor, direction.weights[i]);
  return at;
}
inline Real difference(const Real& above, const Real& below) {
  Real slope = above;
  for (std::size_t i = 0; i < slope.values.size(); ++i)
    slope.values[i] = (above.values[i] - below.values[i]) / (2 * step);
  return slope;
}

inline double dot(const Real& a, const Real& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += a.values[i] * b.values[i];
  return sum;
}

/// The slope of sum(dy * forward(at)) in every operand, entry by entry.
template <class Layer>
Operands<double> gradient_by_differences(const Layer& layer, Operands<double> at, const Real& dy) {
  Operands<double> gradient = at;
  const auto differentiate = [&](std::vector<Real>& points, std::vector<Real>& slopes) {
    for (std::size_t s = 0; s < points.size(); ++s) {
      for (std::size_t i = 0; i < points[s].values.size(); ++i) {
        double& entry = points[s].values[i];
        const double middle = entry;
        entry = middle + step;
        const Real above = layer.forward(at);
        entry = middle - step;
        slopes[s].values[i] = dot(dy, difference(above, layer.forward(at)));
        entry = middle;
      }
    }
  };
  differentiate(at.x, gradient.x);
  differentiate(at.weights, gradient.weights);
  return gradient;
}

/// Both tangents: how forward and backward move when everything moves.
struct Tangents {
  Real y;
  Operands<double> gradient;
};

template <class Layer>
Tangents tangents_by_differences(const Layer& layer, const Operands<double>& at,
                                 const Operands<double>& direction, const Real& dy,
                                 const Real& dy_tangent) {
  const Operands<double> above = along(at, step, direction), below = along(at, -step, direction);
  Operands<double> high = layer.backward(above, along(dy, step, dy_tangent));
  const Operands<double> low = layer.backward(below, along(dy, -step, dy_tangent));
  for (std::size_t i = 0; i < high.x.size(); ++i) high.x[i] = difference(high.x[i], low.x[i]);
  for (std::size_t i = 0; i < high.weights.size(); ++i)
    high.weights[i] = difference(high.weights[i], low.weights[i]);
  return {difference(layer.forward(above), layer.forward(below)), high};
}

}  // namespace steppe::reference
