// The errors vector_math.hpp states, against libm in double.
#include "framework/compute/vector_math.hpp"

#include <cmath>
#include <limits>
#include <numbers>

#include <gtest/gtest.h>

namespace steppe::compute {
namespace {

template <class Function, class Exact>
double worst_relative_error(double from, double to, Function function, Exact exact) {
  double worst = 0;
  constexpr int points = 400000;
  for (int i = 0; i <= points; ++i) {
    const auto x = static_cast<float>(from + (to - from) * i / points);
    const double wanted = exact(static_cast<double>(x));
    if (wanted == 0.0) continue;
    worst = std::max(worst, std::abs(static_cast<double>(function(x)) / wanted - 1.0));
  }
  return worst;
}

TEST(VectorMath, ExpHasARelativeErrorBelowTwoInTenMillion) {
  EXPECT_LT(
      worst_relative_error(
          -87, 0, [](float at) { return exp_negative(at); }, [](double x) { return std::exp(x); }),
      2e-7);
  EXPECT_EQ(exp_negative(0.0F), 1.0F);
  EXPECT_EQ(exp_negative(-1000.0F), exp_negative(-87.0F));
}

TEST(VectorMath, LogOfOnePlus) {
  EXPECT_LT(
      worst_relative_error(
          0, 1, [](float at) { return log1p_unit(at); }, [](double x) { return std::log1p(x); }),
      4e-7);
  EXPECT_LT(
      worst_relative_error(
          0, 1e-6, [](float at) { return log1p_unit(at); }, [](double x) { return std::log1p(x); }),
      4e-7);
}

TEST(VectorMath, LogOfOnePlusGoesOnAboveOne) {
  const auto exact = [](double x) { return std::log1p(x); };
  for (const double end : {1e-6, 1.0, 20.0, 1e9})
    EXPECT_LT(worst_relative_error(
                  0, end, [](float at) { return log1p_positive(at); }, exact),
              5e-7)
        << end;
  EXPECT_TRUE(std::isnan(log1p_positive(std::nanf(""))));
}

TEST(VectorMath, SigmoidAndSoftplusOnBothSides) {
  const auto exact = [](double x) { return 1.0 / (1.0 + std::exp(-x)); };
  const auto excess = [](double x) { return std::log1p(std::exp(-std::abs(x))); };
  EXPECT_LT(worst_relative_error(
                -86, 100, [](float at) { return sigmoid(at); }, exact),
            5e-7);
  const auto rest = [](float x) { return logistic(-x).complement; };
  EXPECT_LT(worst_relative_error(-86, 100, rest, exact), 5e-7);
  EXPECT_LT(worst_relative_error(
                -86, 86, [](float at) { return softplus_excess(at); }, excess),
            5e-7);
}

TEST(VectorMath, ExpMinusOneAndTanhAreRightNearZeroToo) {
  const auto expm1 = [](double x) { return std::expm1(x); };
  const auto tanh = [](double x) { return std::tanh(x); };
  for (const double end : {87.0, 1.0, 1e-6}) {
    EXPECT_LT(worst_relative_error(
                  -end, 0, [](float at) { return expm1_negative(at); }, expm1),
              4e-7);
    EXPECT_LT(worst_relative_error(
                  -end, end, [](float at) { return hyperbolic_tangent(at); }, tanh),
              6e-7);
  }
}

TEST(VectorMath, TheNormalDistributionIsRightIntoItsTail) {
  const auto below = [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); };
  const auto density = [](double x) {
    return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  };
  EXPECT_LT(worst_relative_error(
                -12.5, 20, [](float x) { return normal_at(x).below; }, below),
            4e-7);
  EXPECT_LT(worst_relative_error(
                -13, 13, [](float x) { return normal_at(x).density; }, density),
            5e-7);
  EXPECT_EQ(normal_at(0.0F).below, 0.5F);
}

TEST(VectorMath, EndsAreFiniteAndNanStays) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(sigmoid(infinity), 1.0F);
  EXPECT_LT(sigmoid(-infinity), 1e-37F);
  EXPECT_LT(softplus_excess(infinity), 1e-37F);
  EXPECT_LT(softplus_excess(-infinity), 1e-37F);
  EXPECT_TRUE(std::isnan(sigmoid(std::nanf(""))));
  EXPECT_TRUE(std::isnan(softplus_excess(std::nanf(""))));
}

}  // namespace
}  // namespace steppe::compute
