// Histograms of scores against counts made by hand.
#include <cmath>
#include <numeric>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

// Probabilities 0, 1/4, 1/2 (twice) and 1 in bins of 1/4.
const float third = std::log(3.0F);
const std::vector<float> logits{-200, -third * 1.000001F, 0, 0, 200, -200, 200};
const std::vector<float> labels{1, 1, 1, 1, 1, 0, 0};

TEST(ScoreDistribution, CountsEachClassWithAnAreaOfOne) {
  StageUnderTest metric{"score_distribution", {{"bins", 4}}};
  const auto curves = measure(metric, logits, labels).curves;
  EXPECT_EQ(curves.at("score_signal").first, (std::vector{0.125, 0.375, 0.625, 0.875}));
  EXPECT_EQ(curves.at("score_signal").second, (std::vector{1.6, 0.0, 1.6, 0.8}));
  EXPECT_EQ(curves.at("score_background").second, (std::vector{2.0, 0.0, 0.0, 2.0}));
}

TEST(ScoreDistribution, HasTheErrorOfTheSumOfWeights) {
  StageUnderTest metric{"score_distribution", {{"bins", 2}}};
  const std::vector<float> weights{3, 4, 1, 1, 1, 2, 2};
  const auto curves = measure(metric, logits, labels, weights).curves;
  const auto& signal = curves.at("score_signal").second;
  const auto& error = curves.at("score_signal_error").second;
  EXPECT_DOUBLE_EQ(signal[0], 7.0 / 10 * 2);
  EXPECT_DOUBLE_EQ(error[0], 5.0 / 10 * 2);
  EXPECT_DOUBLE_EQ(signal[1], 3.0 / 10 * 2);
  EXPECT_DOUBLE_EQ(error[1], std::sqrt(3.0) / 10 * 2);
}

TEST(ScoreDistribution, TakesNegativeWeightsOff) {
  StageUnderTest metric{"score_distribution", {{"bins", 1}}};
  const auto curves = measure(metric, {1, 2, 0}, {1, 1, 0}, {3, -1, 1}).curves;
  EXPECT_DOUBLE_EQ(curves.at("score_signal").second[0], 1);
  EXPECT_DOUBLE_EQ(curves.at("score_signal_error").second[0], std::sqrt(10.0) / 2);
}

TEST(ScoreDistribution, GivesNoValues) {
  StageUnderTest metric{"score_distribution"};
  const auto result = measure(metric, logits, labels);
  EXPECT_TRUE(result.values.empty());
  for (const auto& [name, curve] : result.curves) EXPECT_EQ(curve.first.size(), 25U) << name;
}

TEST(ScoreDistribution, NeedsBothClasses) {
  StageUnderTest metric{"score_distribution"};
  EXPECT_NE(sentence_of([&] {
              measure(metric, {1, 2}, {1, 1});
            }).find("no background event"),
            std::string::npos);
}

}  // namespace
