// Eigenvalues by name, each with the residual ||H v - lambda v|| of its unit vector v: how far it
// can be from a true one (Parlett, The Symmetric Eigenvalue Problem, section 4.5).
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "symmetric_eigen.hpp"

namespace steppe {

/// Also the trace, which has no residual.
struct Eigenvalue {
  std::string name;
  double value;
  double residual = std::numeric_limits<double>::quiet_NaN();
};

using Spectrum = std::vector<Eigenvalue>;

/// Which eigenvalues a method knows.
enum class Known {
  dominant,  ///< those of largest magnitude
  ends       ///< also the largest and the smallest with their signs
};

/// `dominant`, `dominant_2`, ... by magnitude, signs kept; `largest`, `largest_2`, ... and
/// `smallest`. `residual(i)` belongs to values[i].
template <class Residual>
Spectrum named(const Vector& values, std::size_t top, Known known, const Residual& residual) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  Spectrum out;
  const auto put = [&](const std::string& name, std::size_t i) {
    out.push_back({name, values[i], residual(i)});
  };
  const auto put_first = [&](const std::string& name, const auto& before) {
    std::stable_sort(order.begin(), order.end(), before);
    for (std::size_t k = 0; k < std::min(top, order.size()); ++k)
      put(k == 0 ? name : name + "_" + std::to_string(k + 1), order[k]);
  };
  put_first("dominant", [&](std::size_t a, std::size_t b) {
    return std::abs(values[a]) > std::abs(values[b]);
  });
  if (known == Known::dominant) return out;
  put_first("largest", [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  put("smallest", order.back());
  return out;
}

/// Of a matrix that is symmetric but for rounding, with its trace.
inline Spectrum spectrum_of(const SquareMatrix& matrix, std::size_t top) {
  const std::size_t n = matrix.size;
  SquareMatrix symmetric{n};
  double trace = 0;
  for (std::size_t i = 0; i < n; ++i) {
    trace += matrix(i, i);
    for (std::size_t j = 0; j < n; ++j) symmetric(i, j) = 0.5 * (matrix(i, j) + matrix(j, i));
  }
  const auto eigen = symmetric_eigen(symmetric);
  auto out = named(eigen.values, top, Known::ends, [&](std::size_t k) {
    Vector v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = eigen.vectors(i, k);
    const auto image = times(matrix, v);
    double square = 0;
    for (std::size_t i = 0; i < n; ++i) square += std::pow(image[i] - eigen.values[k] * v[i], 2);
    return std::sqrt(square);
  });
  out.push_back({"trace", trace});
  return out;
}

}  // namespace steppe
