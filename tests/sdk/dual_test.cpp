// Dual numbers: every function against its derivative in closed form.
#include <steppe/dual.hpp>

#include <gtest/gtest.h>

namespace steppe {
namespace {

using D = Dual<double>;

void expect(const D& got, double value, double tangent) {
  EXPECT_DOUBLE_EQ(got.value, value);
  EXPECT_NEAR(got.tangent, tangent, 1e-15 * (1 + std::abs(tangent)));
}

TEST(Dual, SumsProductsAndQuotientsFollowTheirRules) {
  const D x{3, 2}, y{-4, 5};
  expect(x + y, -1, 7);
  expect(x - y, 7, -3);
  expect(x * y, -12, 3 * 5 - 2 * 4);
  expect(x / y, -0.75, (2 * -4 - 3 * 5) / 16.0);
  expect(1 - 2.0 * x, -5, -4);
  D z = x;
  z *= y;
  z -= 1;
  expect(z, -13, 7);
}

TEST(Dual, FunctionsHaveTheirSlopes) {
  using std::exp, std::expm1, std::log, std::log1p, std::sqrt, std::sin, std::cos, std::tanh,
      std::erf, std::erfc, std::abs, std::max, std::min, std::pow;
  constexpr double a = 0.7, moves = 3;
  const D x{a, moves};
  const double bell = 2 * std::numbers::inv_sqrtpi * std::exp(-a * a);
  expect(exp(x), std::exp(a), moves * std::exp(a));
  expect(expm1(x), std::expm1(a), moves * std::exp(a));
  expect(log(x), std::log(a), moves / a);
  expect(log1p(x), std::log1p(a), moves / (1 + a));
  expect(sqrt(x), std::sqrt(a), moves / (2 * std::sqrt(a)));
  expect(sin(x), std::sin(a), moves * std::cos(a));
  expect(cos(x), std::cos(a), -moves * std::sin(a));
  expect(tanh(x), std::tanh(a), moves * (1 - std::tanh(a) * std::tanh(a)));
  expect(erf(x), std::erf(a), moves * bell);
  expect(erfc(x), std::erfc(a), -moves * bell);
  expect(pow(x, 3), a * a * a, moves * 3 * a * a);
  expect(pow(-x, 2), a * a, moves * 2 * a);
  expect(pow(D{2}, x), std::pow(2, a), moves * std::pow(2, a) * std::log(2.0));
  expect(abs(-x), a, moves);
  expect(max(x, D{1}), 1, 0);
  expect(min(x, D{1}), a, moves);
}

TEST(Dual, AtAKinkTheDerivativeIsTheOneFromBelow) {
  const D x{0, 1};
  EXPECT_EQ(abs(x).tangent, -1);
  EXPECT_EQ(max(x, D{0}).tangent, 0);
  EXPECT_EQ(min(x, D{0}).tangent, 1);
}

TEST(Dual, LiesInMemoryAsValueAndTangent) {
  const Dual<float> x{1.5F, -2.0F};
  const auto* floats = reinterpret_cast<const float*>(&x);
  EXPECT_EQ(sizeof x, 2 * sizeof(float));
  EXPECT_EQ(floats[0], 1.5F);
  EXPECT_EQ(floats[1], -2.0F);
  const D wide = x;
  EXPECT_EQ(wide.tangent, -2.0);
}

}  // namespace
}  // namespace steppe
