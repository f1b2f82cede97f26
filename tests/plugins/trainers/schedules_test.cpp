// Schedules against closed forms.
#include "plugins/trainers/schedules.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace steppe::schedules {
namespace {

TEST(Ramp, AttacksAsManyEventsAsTheReleasedCode) {
  // arXiv:2411.09296, released: f(e + 1) = clip(0.8 (e - 3) / 5, 0, 0.8), batches of 128.
  std::vector<int> events;
  for (std::uint64_t epoch = 0; epoch < 12; ++epoch)
    events.push_back(static_cast<int>(attacked_fraction(0.8, epoch, 4, 5) * 128));
  EXPECT_EQ(events, (std::vector<int>{0, 0, 0, 0, 0, 20, 40, 61, 81, 102, 102, 102}));
}

TEST(Ramp, OfNoLengthIsAStep) {
  EXPECT_EQ(attacked_fraction(0.5, 0, 0, 0), 0.5);
  EXPECT_EQ(attacked_fraction(0.5, 2, 3, 0), 0.0);
  EXPECT_EQ(attacked_fraction(0.5, 3, 3, 0), 0.5);
}

TEST(LearningRate, ConstantIsOne) {
  for (const std::uint64_t step : {0U, 1U, 99U}) EXPECT_EQ(factor({}, step, 100, 0), 1.0);
}

TEST(LearningRate, WarmsUpLinearlyFromZero) {
  const LearningRate rate{.warm_up = 50'000};
  EXPECT_EQ(factor(rate, 0, 1'000'000, 0), 0.0);
  EXPECT_DOUBLE_EQ(factor(rate, 12'500, 1'000'000, 1), 0.25);
  EXPECT_EQ(factor(rate, 50'000, 1'000'000, 7), 1.0);
  EXPECT_EQ(factor(rate, 50'001, 1'000'000, 7), 1.0);
}

TEST(LearningRate, CosineFallsFromOneToZeroBehindTheWarmUp) {
  const LearningRate rate{Kind::cosine, 100};
  EXPECT_DOUBLE_EQ(factor(rate, 50, 500, 0), 0.5);
  EXPECT_DOUBLE_EQ(factor(rate, 100, 500, 0), 1.0);
  EXPECT_NEAR(factor(rate, 200, 500, 0), (1.0 + std::sqrt(0.5)) / 2.0, 1e-15);
  EXPECT_NEAR(factor(rate, 300, 500, 0), 0.5, 1e-15);
  EXPECT_NEAR(factor(rate, 500, 500, 0), 0.0, 1e-15);
}

TEST(LearningRate, StepMultipliesEverySoManyEpochs) {
  const LearningRate rate{Kind::step, 0, 0.5, 3};
  EXPECT_EQ(factor(rate, 5, 100, 0), 1.0);
  EXPECT_EQ(factor(rate, 5, 100, 2), 1.0);
  EXPECT_EQ(factor(rate, 5, 100, 3), 0.5);
  EXPECT_EQ(factor(rate, 5, 100, 8), 0.25);
}

TEST(LearningRate, OneCycleRisesAndFalls) {
  const LearningRate rate{Kind::one_cycle};
  EXPECT_NEAR(factor(rate, 0, 1000, 0), 1.0 / 25.0, 1e-15);
  EXPECT_NEAR(factor(rate, 150, 1000, 0), (1.0 + 1.0 / 25.0) / 2.0, 1e-15);
  EXPECT_DOUBLE_EQ(factor(rate, 300, 1000, 0), 1.0);
  EXPECT_NEAR(factor(rate, 650, 1000, 0), (1.0 + 1.0 / 250'000.0) / 2.0, 1e-15);
  EXPECT_NEAR(factor(rate, 1000, 1000, 0), 1.0 / 250'000.0, 1e-15);
}

TEST(LearningRate, AWarmUpAsLongAsTheTrainingIsAllowed) {
  const LearningRate rate{Kind::cosine, 10};
  EXPECT_DOUBLE_EQ(factor(rate, 5, 10, 0), 0.5);
}

}  // namespace
}  // namespace steppe::schedules
