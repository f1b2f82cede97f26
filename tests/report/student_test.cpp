// Student's t against tabulated quantiles and closed forms: for 2 trials it is Cauchy's
// distribution, for 3 the probability beyond t is 1 - t / sqrt(t^2 + 2).
#include "framework/report/student.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace steppe::report {
namespace {

TrialMean mean_of(std::size_t trials, double mean, double error) {
  TrialMean out;
  out.trials = trials;
  out.mean = mean;
  out.error = error;
  return out;
}

TEST(PValue, AgreesWithTabulatedQuantiles) {
  // Two-sided 5 % points for 1, 2, 4 and 9 degrees of freedom.
  EXPECT_NEAR(p_value(mean_of(2, 12.706204736, 1)), 0.05, 1e-9);
  EXPECT_NEAR(p_value(mean_of(3, -4.302652730, 1)), 0.05, 1e-9);
  EXPECT_NEAR(p_value(mean_of(5, 0.2776445105, 0.1)), 0.05, 1e-9);
  EXPECT_NEAR(p_value(mean_of(10, 2.262157163, 1)), 0.05, 1e-9);
}

TEST(PValue, HasClosedFormsForTwoAndThreeTrials) {
  for (const double t : {0.1, 1.0, 6.2, 50.0}) {
    EXPECT_NEAR(p_value(mean_of(2, t, 1)), 1 - 2 / std::numbers::pi * std::atan(t), 1e-12);
    EXPECT_NEAR(p_value(mean_of(3, t, 1)), 1 - t / std::sqrt(t * t + 2), 1e-12);
  }
}

TEST(PValue, IsNoNumberWithoutASpread) {
  EXPECT_TRUE(std::isnan(p_value(mean_of(1, 1, 0.1))));
  EXPECT_TRUE(std::isnan(p_value(mean_of(0, NAN, NAN))));
  EXPECT_TRUE(std::isnan(p_value(mean_of(3, 0.1, 0))));
}

TEST(PValue, OfUnpairedMeansIsWelchs) {
  // Equal errors over equally many trials: Student's t with 2 (trials - 1) degrees of freedom. For
  // 2 of them the probability beyond t is 1 - t / sqrt(t^2 + 2).
  for (const double t : {0.1, 1.0, 6.2}) {
    const double apart = t * std::sqrt(2.0);
    EXPECT_NEAR(p_value(mean_of(2, 3, 1), mean_of(2, 3 + apart, 1)), 1 - t / std::sqrt(t * t + 2),
                1e-12);
  }
  // One that is known exactly: those of the other alone.
  EXPECT_NEAR(p_value(mean_of(5, 1, 0), mean_of(5, 1.2776445105, 0.1)), 0.05, 1e-9);
  EXPECT_TRUE(std::isnan(p_value(mean_of(1, 1, 0.1), mean_of(5, 2, 0.1))));
  EXPECT_TRUE(std::isnan(p_value(mean_of(5, 1, 0), mean_of(5, 2, 0))));
}

TEST(SigmasOf, IsTheNormalDistribution) {
  EXPECT_NEAR(sigmas_of(0.31731050786291415), 1, 1e-12);
  EXPECT_NEAR(sigmas_of(0.04550026389635842), 2, 1e-12);
  EXPECT_NEAR(sigmas_of(1), 0, 1e-12);
  EXPECT_TRUE(std::isfinite(sigmas_of(0)));
}

TEST(SigmasOf, TwoTrialsSayLessThanTheirErrorsSuggest) {
  EXPECT_NEAR(sigmas_of(p_value(mean_of(2, 6.2, 1))), 1.636, 5e-4);
}

TEST(ErrorsFor, GrowWithFewTrials) {
  EXPECT_NEAR(errors_for(2, 2), 13.9677301992, 1e-9);
  EXPECT_NEAR(errors_for(2, 3), 4.5265366874, 1e-9);
  EXPECT_NEAR(errors_for(2, 5), 2.8693094146, 1e-9);
  EXPECT_NEAR(errors_for(2, 100000), 2, 1e-3);
  EXPECT_EQ(errors_for(2, 1), 2);
  EXPECT_TRUE(std::isfinite(errors_for(30, 2)));
}

TEST(ErrorsFor, IsTheOtherWayRound) {
  for (const std::size_t trials : {2, 3, 7})
    EXPECT_NEAR(sigmas_of(p_value(mean_of(trials, errors_for(1.5, trials), 1))), 1.5, 1e-9);
}

}  // namespace
}  // namespace steppe::report
