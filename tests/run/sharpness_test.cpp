// What all sharpness measures share, and the mean over random directions.
#include "framework/run/objective/batch_loss.hpp"

#include "sharpness_fixture.hpp"

namespace steppe::run {
namespace {

TEST_P(SharpnessOn, AMonteCarloMeanIsHalfTheTraceTimesTheSquaredDistanceNearAMinimum) {
  // E[rise] = rho^2 tr(H) / (2 n) + O(rho^4) on a sphere in n dimensions.
  const std::string move = "events = 0\nmove = [\"dense_0.weight\"]\n";
  const Measured hessian{GetParam(), "use = \"hessian\"\n" + move, logistic};
  const Measured around{GetParam(), "use = \"monte_carlo\"\nrho = 0.5\ndraws = 400\n" + move,
                        logistic};
  const auto n = static_cast<double>(hessian.data->features().columns);
  const double expected = 0.25 * hessian.value("trace") / (2 * n);
  EXPECT_NEAR(around.value("mean_rise"), expected,
              4 * around.uncertainty("mean_rise") + 0.02 * expected);
}

STEPPE_ON_DEVICES(SharpnessOn);

TEST(Sharpness, WithLabelsZeroDiffersFromTheTrueOnes) {
  const std::string measure = "use = \"gradient_ascent\"\nclasses = \"signal\"\n";
  const Measured right{"cpu", measure};
  const Measured zero{"cpu", measure + "label = \"zero\"\n"};
  EXPECT_GT(zero.value("loss"), right.value("loss"));
}

}  // namespace
}  // namespace steppe::run
