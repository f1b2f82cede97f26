// Accuracy against counts made by hand.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

TEST(Accuracy, CountsEventsOnTheRightSideOfOneHalf) {
  StageUnderTest metric{"accuracy"};
  const auto result = measure(metric, {2, -1, 0, -3, 1}, {1, 1, 1, 0, 0}).values.at("accuracy");
  EXPECT_DOUBLE_EQ(result.value, 0.6);
  // Half of Wilson's interval for 3 of 5.
  EXPECT_NEAR(result.uncertainty, std::sqrt(0.6 * 0.4 / 5 + 0.01) / 1.2, 1e-14);
}

TEST(Accuracy, HasAnUncertaintyWhereAllIsRight) {
  // Wilson's interval for 10 of 10 goes from 10/11 to 1.
  StageUnderTest metric{"accuracy"};
  const auto result =
      measure(metric, {1, 1, 1, 1, 1, -1, -1, -1, -1, -1}, {1, 1, 1, 1, 1, 0, 0, 0, 0, 0})
          .values.at("accuracy");
  EXPECT_EQ(result.value, 1.0);
  EXPECT_NEAR(result.uncertainty, 1.0 / 22, 1e-14);
}

TEST(Accuracy, ThresholdIsOnTheProbability) {
  // sigmoid(1) = 0.731, sigmoid(2) = 0.881.
  StageUnderTest metric{"accuracy", {{"threshold", 0.8}}};
  EXPECT_DOUBLE_EQ(measure(metric, {1, 2, 1, 2}, {1, 1, 0, 0}).values.at("accuracy").value, 0.5);
  EXPECT_DOUBLE_EQ(measure(metric, {1, 2, 1, 1}, {0, 1, 0, 0}).values.at("accuracy").value, 1.0);
}

TEST(Accuracy, AThresholdOfZeroCallsEverythingSignalAndOneNothing) {
  StageUnderTest all{"accuracy", {{"threshold", 0.0}}};
  EXPECT_DOUBLE_EQ(measure(all, {-9, 9, 9}, {1, 0, 0}).values.at("accuracy").value, 1.0 / 3);
  StageUnderTest none{"accuracy", {{"threshold", 1.0}}};
  EXPECT_DOUBLE_EQ(measure(none, {-9, 9, 9}, {1, 0, 0}).values.at("accuracy").value, 2.0 / 3);
}

TEST(Accuracy, WeightsCount) {
  StageUnderTest metric{"accuracy"};
  const auto result = measure(metric, {1, -1, 1}, {1, 0, 0}, {3, 1, 4}).values.at("accuracy");
  EXPECT_DOUBLE_EQ(result.value, 0.5);
  // As many events of weight 1 as give the variance sum w^2 / 4 / 8^2: n = 64 / 26.
  const double n = 64.0 / 26;
  EXPECT_NEAR(result.uncertainty, std::sqrt(0.25 / n + 0.25 / (n * n)) / (1 + 1 / n), 1e-14);
}

TEST(Accuracy, NamesTheClassThatIsMissing) {
  StageUnderTest metric{"accuracy"};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0, 0});
            }),
            "there is no signal event (label 1) among the scores; look at the counts of the data "
            "set and of its split");
}

TEST(Accuracy, OfSeveralClassesIsTheLargestLogits) {
  StageUnderTest metric{"accuracy"};
  const std::vector<float> logits{3,  1,  2,  //
                                  0,  5,  4,  //
                                  1,  1,  0,  // a tie is called the first
                                  -3, -2, -1};
  const auto of = [&](const std::vector<float>& labels, const std::vector<float>& weights = {}) {
    return measure(metric, logits, labels, weights, 3).values.at("accuracy");
  };
  EXPECT_DOUBLE_EQ(of({0, 1, 0, 2}).value, 1.0);
  EXPECT_DOUBLE_EQ(of({0, 2, 1, 2}).value, 0.5);
  // Wilson's, for half of 4
  EXPECT_DOUBLE_EQ(of({0, 2, 1, 2}).uncertainty, std::sqrt(0.25 / 4 + 1.0 / 64) / 1.25);
  EXPECT_DOUBLE_EQ(of({1, 1, 1, 1}, {1, 5, 1, 1}).value, 5.0 / 8);
}

TEST(Accuracy, RefusesWhatHasNoClassesAndAThresholdForSeveral) {
  StageUnderTest metric{"accuracy"};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0.5, 3}, {}, 0);
            }),
            "it needs a target with classes, and this one is a real value; use "
            "'mean_squared_error'");
  StageUnderTest tight{"accuracy", {{"threshold", 0.8}}};
  EXPECT_EQ(sentence_of([&] {
              measure(tight, {1, 2, 3}, {0}, {}, 3);
            }),
            "'threshold' is for two classes, and the target has 3 classes; leave it out");
}

}  // namespace
