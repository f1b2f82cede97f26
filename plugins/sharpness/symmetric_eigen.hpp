// Eigenvalues of a symmetric matrix: Householder's reflections make it tridiagonal, and QL steps
// with implicit shifts make that diagonal (Golub & Van Loan, Matrix Computations, section 8.3;
// Parlett, The Symmetric Eigenvalue Problem, chapter 8). Errors are some roundings of the largest
// eigenvalue.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace steppe {

using Vector = std::vector<double>;

/// A square matrix of doubles, row by row.
struct SquareMatrix {
  explicit SquareMatrix(std::size_t n) : size{n}, values(n * n, 0.0) {}
  double& operator()(std::size_t i, std::size_t j) { return values[i * size + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values[i * size + j]; }

  std::size_t size;
  Vector values;
};

inline Vector times(const SquareMatrix& a, const Vector& x) {
  Vector out(a.size, 0.0);
  for (std::size_t i = 0; i < a.size; ++i)
    for (std::size_t j = 0; j < a.size; ++j) out[i] += a(i, j) * x[j];
  return out;
}

/// Eigenvalues, not sorted; column j of `vectors` belongs to value j.
struct Eigen {
  Vector values;
  SquareMatrix vectors;
};

/// A = Q T Q^T, where T has this diagonal and these values on either side of it.
struct Tridiagonal {
  Vector diagonal, beside;
  SquareMatrix turned;  ///< Q^T: row by row, as the steps below turn it
};

/// to <- to + factor * from, over columns [first, size) of two rows of matrices of one size.
inline void add_row(double factor, const double* from, double* to, std::size_t first,
                    std::size_t size) {
  for (std::size_t j = first; j < size; ++j) to[j] += factor * from[j];
}

inline Tridiagonal make_tridiagonal(SquareMatrix a) {
  const std::size_t n = a.size;
  const auto row = [n](SquareMatrix& of, std::size_t i) { return of.values.data() + i * n; };
  Tridiagonal out{Vector(n), Vector(n, 0.0), SquareMatrix{n}};
  for (std::size_t i = 0; i < n; ++i) out.turned(i, i) = 1;
  Vector v(n, 0.0), w(n), sums(n);
  for (std::size_t k = 0; k + 1 < n; ++k) {
    // 1 - b v v^T sends what is below the diagonal of column k to the first place below.
    const double first = a(k + 1, k);
    double below = 0;
    for (std::size_t i = k + 2; i < n; ++i) below += (v[i] = a(i, k)) * v[i];
    out.beside[k] = first;
    if (below == 0) continue;
    const double length = std::copysign(std::sqrt(first * first + below), first);
    out.beside[k] = -length;
    v[k + 1] = first + length;
    const double b = 2 / (v[k + 1] * v[k + 1] + below);
    double v_w = 0;
    for (std::size_t i = k + 1; i < n; ++i) {
      w[i] = 0;
      for (std::size_t j = k + 1; j < n; ++j) w[i] += a(i, j) * v[j];
      v_w += v[i] * (w[i] *= b);
    }
    for (std::size_t i = k + 1; i < n; ++i) w[i] -= 0.5 * b * v_w * v[i];
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = k + 1; i < n; ++i) {
      add_row(-v[i], w.data(), row(a, i), k + 1, n);
      add_row(-w[i], v.data(), row(a, i), k + 1, n);
      add_row(b * v[i], row(out.turned, i), sums.data(), 0, n);
    }
    for (std::size_t i = k + 1; i < n; ++i) add_row(-v[i], sums.data(), row(out.turned, i), 0, n);
  }
  for (std::size_t i = 0; i < n; ++i) out.diagonal[i] = a(i, i);
  return out;
}

/// One QL step on rows [first, last] of T, shifted by the eigenvalue of its upper corner that is
/// nearest to the first entry: a bulge is chased upwards from the lower end by rotations.
inline void ql_step(Tridiagonal& t, std::size_t first, std::size_t last) {
  Vector &d = t.diagonal, &e = t.beside;
  const std::size_t n = t.turned.size;
  const double half = (d[first + 1] - d[first]) / (2 * e[first]);
  const double shift = d[first] - e[first] / (half + std::copysign(std::hypot(half, 1.0), half));
  double c = 1, s = 1, taken = 0, g = d[last] - shift;
  for (std::size_t i = last; i-- > first;) {
    const double bulge = s * e[i], rest = c * e[i];
    const double length = std::hypot(bulge, g);
    e[i + 1] = length;
    if (length == 0) {  // it falls apart here
      d[i + 1] -= taken;
      e[last] = 0;
      return;
    }
    s = bulge / length;
    c = g / length;
    const double upper = d[i + 1] - taken;
    const double moved = (d[i] - upper) * s + 2 * c * rest;
    taken = s * moved;
    d[i + 1] = upper + taken;
    g = c * moved - rest;
    double *above = t.turned.values.data() + i * n, *below = above + n;
    for (std::size_t k = 0; k < n; ++k) {
      const double x = above[k], y = below[k];
      below[k] = s * x + c * y;
      above[k] = c * x - s * y;
    }
  }
  d[first] -= taken;
  e[first] = g;
  e[last] = 0;
}

/// `a` is symmetric.
inline Eigen symmetric_eigen(SquareMatrix a) {
  const std::size_t n = a.size;
  auto t = make_tridiagonal(std::move(a));
  double largest = 0;
  for (std::size_t i = 0; i < n; ++i)
    largest = std::max(largest, std::abs(t.diagonal[i]) + std::abs(t.beside[i]));
  const double nothing = std::numeric_limits<double>::epsilon() * largest;
  constexpr int most_steps = 60;  // two or three do; numbers that are none never end
  for (std::size_t first = 0; first < n; ++first)
    for (int step = 0; step < most_steps; ++step) {
      std::size_t last = first;
      while (last + 1 < n && std::abs(t.beside[last]) > nothing) ++last;
      if (last == first) break;
      ql_step(t, first, last);
    }
  Eigen out{std::move(t.diagonal), SquareMatrix{n}};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) out.vectors(i, j) = t.turned(j, i);
  return out;
}

}  // namespace steppe
