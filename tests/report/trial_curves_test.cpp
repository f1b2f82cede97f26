// Means and ratios of curves over trials, in closed form.
#include "framework/report/trial_curves.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using ::testing::ElementsAre;

TEST(TrialCurves, MeanHasTheErrorOfTheMeanAsItsBand) {
  const TrialCurves curves{{0.5, 1}, {{"0", {1, 4}}, {"1", {2, 4}}, {"2", {3, 4}}}};
  const auto mean = mean_of(curves, false);
  EXPECT_THAT(mean.x, ElementsAre(0.5, 1));
  EXPECT_THAT(mean.y, ElementsAre(2, 4));
  EXPECT_NEAR(mean.low[0], 2 - 1 / std::sqrt(3), 1e-12);
  EXPECT_NEAR(mean.high[0], 2 + 1 / std::sqrt(3), 1e-12);
  EXPECT_EQ(mean.low[1], 4);
}

TEST(TrialCurves, ASingleTrialHasNoBand) {
  const auto mean = mean_of({{0.5}, {{"0", {7}}}}, false);
  EXPECT_EQ(mean.y.at(0), 7);
  EXPECT_TRUE(std::isnan(mean.low.at(0)));
  EXPECT_TRUE(std::isnan(mean.high.at(0)));
}

TEST(TrialCurves, APointThatATrialLacksIsLeftOutOrTakenFromTheOthers) {
  const TrialCurves curves{{1, 2}, {{"0", {1, 2}}, {"1", {3, NAN}}, {"2", {5}}}};
  EXPECT_THAT(mean_of(curves, true).x, ElementsAre(1));
  EXPECT_THAT(mean_of(curves, false).x, ElementsAre(1, 2));
  EXPECT_THAT(mean_of(curves, false).y, ElementsAre(3, 2));
}

TEST(TrialCurves, RatiosArePairedByTrial) {
  const TrialCurves of{{1}, {{"0", {2}}, {"1", {9}}, {"7", {1}}}};
  const TrialCurves reference{{1}, {{"0", {1}}, {"1", {3}}}};
  const auto ratio = ratio_of(of, reference);
  ASSERT_EQ(ratio.trials.size(), 2U);  // trial 7 has no partner
  EXPECT_THAT(ratio.trials.at("0"), ElementsAre(2));
  EXPECT_THAT(ratio.trials.at("1"), ElementsAre(3));
}

TEST(TrialCurves, FramesGatherTrialsByPlaceAndLeadingCoordinate) {
  const auto entry = [](const char* train, const char* attack, const char* trial) {
    return Json{{"point", {{"train", train}, {"attack", attack}, {"trial", trial}}}};
  };
  const Json entries = {entry("a", "none", "0"), entry("a", "fgsm", "0"), entry("a", "fgsm", "1"),
                        entry("b", "none", "0")};
  const auto frames = frames_of(entries, "attack", [](const Json&) { return Drawn{{1}, {2}}; });
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].place, (Json{{"train", "a"}}));
  ASSERT_NE(frames[0].find("fgsm"), nullptr);
  EXPECT_EQ(frames[0].find("fgsm")->trials.size(), 2U);
  EXPECT_EQ(frames[1].find("fgsm"), nullptr);
  EXPECT_TRUE(frames_of(entries, "attack", [](const Json&) { return Drawn{}; }).empty());
}

TEST(NumbersOf, TakesNullForNoNumber) {
  const auto numbers = numbers_of(Json::parse("[1.5, null]"));
  EXPECT_EQ(numbers.at(0), 1.5);
  EXPECT_TRUE(std::isnan(numbers.at(1)));
}

}  // namespace
}  // namespace steppe::report
