// What is timed: as many steps as asked for, with the passes that attacks really ask for.
#include "framework/run/speed/speed.hpp"

#include <string>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

constexpr auto pgd = "\n[attack.pgd]\nepsilon = 0.01\nalpha = 0.005\nsteps = 4\n";

TrainingSpeed speed_of(const std::string& more, const std::string& attack, std::uint64_t steps) {
  Observer nobody;
  const auto plan = testing::tiny_plan(more, {"values.attack=" + attack});
  return measure_speed(plan, {steps, 1}, nobody).trainings.at(0);
}

TEST(Speed, TimesTheStepsThatAreAskedFor) {
  for (const std::uint64_t steps : {1U, 3U, 57U})
    EXPECT_EQ(speed_of("", "none", steps).sum.steps, steps);
}

TEST(Speed, GoesOnWhereATrainingEnds) {
  const auto plan = testing::tiny_plan();
  Observer nobody;
  const std::uint64_t steps = 500;  // more than its epochs have
  const auto speed = measure_speed(plan, {steps, 1}, nobody).trainings.at(0);
  EXPECT_EQ(speed.sum.steps, steps);
  EXPECT_EQ(speed.sum.work.forward, steps);
  EXPECT_EQ(speed.sum.work.backward, steps);
}

TEST(Speed, CountsThePassesOfAttacks) {
  const auto passes = [](const char* attack) {
    const auto speed = speed_of(pgd, attack, 20);
    EXPECT_EQ(speed.sum.work.forward, speed.sum.work.backward);
    return static_cast<double>(speed.sum.work.forward) / static_cast<double>(speed.sum.steps);
  };
  EXPECT_EQ(passes("none"), 1.0);
  EXPECT_EQ(passes("fgsm"), 2.0);
  EXPECT_EQ(passes("pgd"), 5.0);
}

TEST(Speed, IsPositiveAndKnowsAPeak) {
  const auto speed = speed_of("", "fgsm", 30);
  EXPECT_GT(speed.samples_per_second.median, 0);
  EXPECT_GE(speed.samples_per_second.high, speed.samples_per_second.low);
  EXPECT_GT(speed.peak_gflops.median, 0);
  EXPECT_GT(speed.share_of_peak.median, 0);
  EXPECT_GT(speed.sum.core_seconds, 0);
}

TEST(Speed, SpreadIsOrderedAndRobust) {
  const auto spread = spread_of({9, 1, 5, 3, 100});
  EXPECT_EQ(spread.median, 5);
  EXPECT_EQ(spread.low, 3);
  EXPECT_EQ(spread.high, 9);
  EXPECT_EQ(spread_of({4, 2}).median, 3);
  EXPECT_EQ(spread_of({7}).low, 7);
}

TEST(Speed, WhatFailsInATrainingIsSaid) {
  const auto plan =
      testing::tiny_plan("", {"trainer.fit.drop_last=true", "trainer.fit.batch=5000"});
  Observer nobody;
  EXPECT_ANY_THROW(measure_speed(plan, {5, 1}, nobody));
}

}  // namespace
}  // namespace steppe::run
