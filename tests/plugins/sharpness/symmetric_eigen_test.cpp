// Eigenvalues and eigenvectors against matrices whose spectrum is known, and against what they are.
#include "plugins/sharpness/symmetric_eigen.hpp"

#include <steppe/random.hpp>

#include <algorithm>

#include <gtest/gtest.h>

namespace steppe {
namespace {

/// Of independent N(0, 1) entries.
SquareMatrix random_symmetric(std::size_t n, std::uint64_t key) {
  Stream stream{key};
  SquareMatrix out{n};
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j <= i; ++j) out(i, j) = out(j, i) = double{stream.normal()};
  return out;
}

/// The largest entries of A V - V diag(values) and of V^T V - 1.
void expect_decomposition(const SquareMatrix& a, double tolerance) {
  const auto eigen = symmetric_eigen(a);
  const std::size_t n = a.size;
  for (std::size_t k = 0; k < n; ++k) {
    Vector v(n);
    for (std::size_t i = 0; i < n; ++i) v[i] = eigen.vectors(i, k);
    const auto image = times(a, v);
    for (std::size_t i = 0; i < n; ++i)
      EXPECT_NEAR(image[i], eigen.values[k] * v[i], tolerance) << n << ", " << k;
    for (std::size_t other = 0; other <= k; ++other) {
      double product = 0;
      for (std::size_t i = 0; i < n; ++i) product += v[i] * eigen.vectors(i, other);
      EXPECT_NEAR(product, other == k ? 1.0 : 0.0, 1e-13) << n << ", " << k << ", " << other;
    }
  }
}

Vector sorted_values(const SquareMatrix& a) {
  auto values = symmetric_eigen(a).values;
  std::ranges::sort(values);
  return values;
}

TEST(SymmetricEigen, TakesRandomMatricesApart) {
  for (const std::size_t n : {1U, 2U, 3U, 5U, 32U, 75U})
    expect_decomposition(random_symmetric(n, n), 1e-12);
}

TEST(SymmetricEigen, KnowsTheChainOfSprings) {
  // 2 on the diagonal and -1 beside it: 2 - 2 cos(k pi / (n + 1)).
  constexpr std::size_t n = 40;
  SquareMatrix a{n};
  for (std::size_t i = 0; i < n; ++i) {
    a(i, i) = 2;
    if (i + 1 < n) a(i, i + 1) = a(i + 1, i) = -1;
  }
  const auto values = sorted_values(a);
  for (std::size_t k = 0; k < n; ++k)
    EXPECT_NEAR(values[k], 2 - 2 * std::cos(static_cast<double>(k + 1) * M_PI / (n + 1)), 1e-14);
}

TEST(SymmetricEigen, FindsASquareOfOneVectorOfRankOne) {
  constexpr std::size_t n = 33;
  SquareMatrix a{n};
  double square = 0;
  for (std::size_t i = 0; i < n; ++i) {
    square += static_cast<double>(i * i);
    for (std::size_t j = 0; j < n; ++j) a(i, j) = static_cast<double>(i * j);
  }
  const auto values = sorted_values(a);
  EXPECT_NEAR(values.back(), square, 1e-12 * square);
  for (std::size_t k = 0; k + 1 < n; ++k) EXPECT_NEAR(values[k], 0.0, 1e-12 * square);
  expect_decomposition(a, 1e-12 * square);
}

TEST(SymmetricEigen, KeepsWhatIsDiagonalAlready) {
  SquareMatrix a{4};
  for (std::size_t i = 0; i < 4; ++i) a(i, i) = i == 2 ? -7.5 : 0.0;
  EXPECT_EQ(sorted_values(a), (Vector{-7.5, 0, 0, 0}));
  EXPECT_EQ(sorted_values(SquareMatrix{3}), Vector(3, 0.0));
}

TEST(SymmetricEigen, EndsWithoutAnAnswerOnNumbersThatAreNone) {
  auto a = random_symmetric(6, 9);
  a(2, 3) = a(3, 2) = std::nan("");
  EXPECT_EQ(symmetric_eigen(a).values.size(), 6U);
}

}  // namespace
}  // namespace steppe
