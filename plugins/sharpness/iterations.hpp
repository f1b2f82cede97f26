// Eigenvalues from products with vectors alone.
//
// Power iteration on a block of vectors (Golub & Van Loan, section 8.2.4): the block is multiplied,
// made orthonormal, and the small problem inside it solved, until the residuals are small. It finds
// the eigenvalues of largest magnitude with their signs; a block of one is the plain power
// iteration with its Rayleigh quotient.
//
// The Lanczos process with full reorthogonalisation (section 10.3) finds both ends of the spectrum.
#pragma once

#include <steppe/host.hpp>
#include <steppe/random.hpp>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "curvature.hpp"
#include "spectrum.hpp"

namespace steppe {

using Block = std::vector<Vector>;

/// In eight sums side by side: one alone waits for each addition before the next.
inline double dot(const Vector& a, const Vector& b) {
  constexpr std::size_t lanes = 8;
  double sums[lanes] = {};
  const std::size_t whole = a.size() / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes)
    for (std::size_t j = 0; j < lanes; ++j) sums[j] += a[i + j] * b[i + j];
  for (std::size_t i = whole; i < a.size(); ++i) sums[i - whole] += a[i] * b[i];
  for (std::size_t step = 1; step < lanes; step *= 2)
    for (std::size_t j = 0; j < lanes; j += 2 * step) sums[j] += sums[j + step];
  return sums[0];
}

inline double length_of(const Vector& v) { return std::sqrt(dot(v, v)); }

inline void add(double a, const Vector& x, Vector& y) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] += a * x[i];
}

/// N(0, 1) entries: vector `number` of the stage's stream of starts.
inline Vector random_vector(const Host& host, std::size_t size, std::uint64_t number) {
  const auto random = host.random("start");
  Stream stream{random.key, random.stream, number};
  Vector out(size);
  for (double& x : out) x = double{stream.normal()};
  return out;
}

/// Takes the parts along `basis` out of `v`. @returns the length of what is left.
inline double orthogonalise(Vector& v, const Block& basis) {
  // Twice is enough (Parlett, section 6.9).
  for (int pass = 0; pass < 2; ++pass)
    for (const auto& b : basis) add(-dot(v, b), b, v);
  return length_of(v);
}

inline void scale(Vector& v, double factor) {
  for (double& x : v) x *= factor;
}

/// The eigenvalues of H inside a space, from an orthonormal basis and its images under H.
class RayleighRitz {
 public:
  RayleighRitz(const Block& basis, const Block& images)
      : basis_{basis}, images_{images}, eigen_{solve(basis, images)} {}

  const Vector& values() const { return eigen_.values; }
  Vector vector(std::size_t k) const { return mixed(basis_, k); }
  Vector image(std::size_t k) const { return mixed(images_, k); }
  double residual(std::size_t k) const {
    auto off = image(k);
    add(-values()[k], vector(k), off);
    return length_of(off);
  }

 private:
  static Eigen solve(const Block& basis, const Block& images) {
    SquareMatrix small{basis.size()};
    for (std::size_t i = 0; i < small.size; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        small(i, j) = small(j, i) = 0.5 * (dot(basis[i], images[j]) + dot(basis[j], images[i]));
    return symmetric_eigen(small);
  }
  Vector mixed(const Block& block, std::size_t k) const {
    Vector out(block.front().size(), 0.0);
    for (std::size_t i = 0; i < block.size(); ++i) add(eigen_.vectors(i, k), block[i], out);
    return out;
  }

  const Block& basis_;
  const Block& images_;
  Eigen eigen_;
};

struct PowerLimits {
  std::size_t block, iterations;
  double tolerance;  ///< of the residuals, relative to the eigenvalue of largest magnitude
};

/// The images of a block's Ritz vectors, made orthonormal: the next block.
inline Block next_block(const RayleighRitz& ritz) {
  Block out;
  for (std::size_t k = 0; k < ritz.values().size(); ++k) {
    auto v = ritz.image(k);
    const double before = length_of(v);
    double length = orthogonalise(v, out);
    // What H sends to zero is an eigenvector already.
    if (length <= 1e-12 * before || before == 0) {
      v = ritz.vector(k);
      length = orthogonalise(v, out);
    }
    if (length == 0) continue;
    scale(v, 1 / length);
    out.push_back(std::move(v));
  }
  return out;
}

/// The `top` eigenvalues of largest magnitude; their residuals say how near the end they are.
inline Spectrum by_power(const Host& host, const Curvature& hessian, std::size_t top,
                         const PowerLimits& limits) {
  Block basis;
  const auto width = std::min(std::max(top, limits.block), hessian.size());
  for (std::size_t i = 0; i < width; ++i) {
    auto v = random_vector(host, hessian.size(), i);
    scale(v, 1 / orthogonalise(v, basis));
    basis.push_back(std::move(v));
  }
  for (std::size_t iteration = 1;; ++iteration) {
    host.stop_if_cancelled();
    Block images;
    for (const auto& v : basis) images.push_back(hessian.times(v));
    const RayleighRitz ritz{basis, images};
    auto found =
        named(ritz.values(), top, Known::dominant, [&](std::size_t k) { return ritz.residual(k); });
    const double most = limits.tolerance * std::abs(found.front().value);
    const bool good = std::all_of(found.begin(), found.end(),
                                  [&](const Eigenvalue& one) { return one.residual <= most; });
    if (good || iteration >= limits.iterations) return found;
    basis = next_block(ritz);
  }
}

/// Both ends of the spectrum, after at most `steps` products.
inline Spectrum by_lanczos(const Host& host, const Curvature& hessian, std::size_t top,
                           std::size_t steps) {
  Block basis, images;
  auto v = random_vector(host, hessian.size(), 0);
  double length = length_of(v), longest = 0;
  steps = std::min(steps, hessian.size());
  // What is left of a product at the rounding of single precision is no direction any more.
  while (basis.size() < steps && length > 1e-6 * longest) {
    host.stop_if_cancelled();
    scale(v, 1 / length);
    basis.push_back(v);
    images.push_back(hessian.times(v));
    v = images.back();
    longest = std::max(longest, length_of(v));
    length = orthogonalise(v, basis);
  }
  const RayleighRitz ritz{basis, images};
  return named(ritz.values(), top, Known::ends, [&](std::size_t k) { return ritz.residual(k); });
}

}  // namespace steppe
