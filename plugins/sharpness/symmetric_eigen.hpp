// Eigenvalues of a small symmetric matrix by Jacobi's rotations: slow, simple, accurate to the last
// digits (Golub & Van Loan, Matrix Computations, section 8.5).
#pragma once

#include <cmath>
#include <cstddef>
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

/// Turns rows and columns p and q of `a` so that a(p, q) becomes zero, and `vectors` with them.
inline void rotate(SquareMatrix& a, SquareMatrix& vectors, std::size_t p, std::size_t q) {
  if (a(p, q) == 0) return;
  const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(theta, 1.0));
  const double c = 1 / std::hypot(t, 1.0), s = t * c;
  for (std::size_t k = 0; k < a.size; ++k) {
    const double kp = a(k, p), kq = a(k, q);
    a(k, p) = c * kp - s * kq;
    a(k, q) = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < a.size; ++k) {
    const double pk = a(p, k), qk = a(q, k);
    a(p, k) = c * pk - s * qk;
    a(q, k) = s * pk + c * qk;
  }
  for (std::size_t k = 0; k < a.size; ++k) {
    const double kp = vectors(k, p), kq = vectors(k, q);
    vectors(k, p) = c * kp - s * kq;
    vectors(k, q) = s * kp + c * kq;
  }
}

/// `a` is symmetric.
inline Eigen symmetric_eigen(SquareMatrix a) {
  const std::size_t n = a.size;
  Eigen out{{}, SquareMatrix{n}};
  for (std::size_t i = 0; i < n; ++i) out.vectors(i, i) = 1;
  for (int sweep = 0; sweep < 50; ++sweep) {
    double off = 0, all = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) (i == j ? all : off) += a(i, j) * a(i, j);
    if (off <= 1e-30 * (off + all)) break;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) rotate(a, out.vectors, p, q);
  }
  for (std::size_t i = 0; i < n; ++i) out.values.push_back(a(i, i));
  return out;
}

}  // namespace steppe
