// Calibration against sums made by hand.
#include <cmath>
#include <numbers>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

float logit(double probability) {
  return static_cast<float>(std::log(probability / (1 - probability)));
}

/// Probability 0.25 four times (one is signal) and 0.5 four times (all are signal).
const std::vector<float> logits{logit(0.25), logit(0.25), logit(0.25), logit(0.25), 0, 0, 0, 0};
const std::vector<float> labels{1, 0, 0, 0, 1, 1, 1, 1};

TEST(Calibration, MeansTheDistancesOfItsBins) {
  StageUnderTest metric{"calibration", {{"bins", 2}}};
  const auto values = measure(metric, logits, labels).values;
  EXPECT_NEAR(values.at("ece").value, 0.25, 1e-7);
  // Squares: 0.75^2 + 3 * 0.25^2 and 4 * 0.5^2 of 8 events.
  EXPECT_NEAR(values.at("brier").value, (0.75 + 1.0) / 8, 1e-7);
}

TEST(Calibration, UncertaintiesAreThoseOfMeansOverEvents) {
  StageUnderTest metric{"calibration", {{"bins", 2}}};
  const auto values = measure(metric, logits, labels).values;
  // Signed misses: p - y in the first bin (which is on the spot), y - p in the second.
  const std::vector<double> miss{-0.75, 0.25, 0.25, 0.25, 0.5, 0.5, 0.5, 0.5};
  double ece = 0, brier = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    ece += std::pow(miss[i] - 0.25, 2);
    brier += std::pow(miss[i] * miss[i] - 1.75 / 8, 2);
  }
  EXPECT_NEAR(values.at("ece").uncertainty, std::sqrt(ece) / 8, 1e-7);
  EXPECT_NEAR(values.at("brier").uncertainty, std::sqrt(brier) / 8, 1e-7);
}

TEST(Calibration, FloorIsWhatPerfectProbabilitiesGive) {
  // One bin of n events of probability 1/2: sqrt(2 / pi) sqrt(n / 4) / n.
  StageUnderTest metric{"calibration", {{"bins", 1}}};
  const std::vector<float> zeros(16, 0.0F);
  std::vector<float> half(16, 0.0F);
  for (std::size_t i = 0; i < 16; i += 2) half[i] = 1;
  const auto values = measure(metric, zeros, half).values;
  EXPECT_EQ(values.at("ece").value, 0.0);
  EXPECT_NEAR(values.at("ece_floor").value, std::sqrt(2 / std::numbers::pi) / 8, 1e-12);
}

TEST(Calibration, DrawsTheReliabilityWithItsInterval) {
  StageUnderTest metric{"calibration", {{"bins", 2}}};
  const auto curves = measure(metric, logits, labels).curves;
  const auto& [x, y] = curves.at("reliability");
  ASSERT_EQ(x.size(), 2U);
  EXPECT_NEAR(x[0], 0.25, 1e-7);
  EXPECT_NEAR(x[1], 0.5, 1e-7);
  EXPECT_EQ(y, (std::vector{0.25, 1.0}));
  // Wilson of 1 in 4: (f + 1/8 +- sqrt(3/64 + 1/64)) / (1 + 1/4) = 0.1, 0.5; of 4 in 4: 0.8, 1.
  const auto& low = curves.at("reliability_low").second;
  const auto& high = curves.at("reliability_high").second;
  EXPECT_NEAR(low[0], 0.1, 1e-12);
  EXPECT_NEAR(high[0], 0.5, 1e-12);
  EXPECT_NEAR(low[1], 0.8, 1e-12);
  EXPECT_NEAR(high[1], 1.0, 1e-12);
}

TEST(Calibration, EqualScoresShareABin) {
  StageUnderTest metric{"calibration", {{"bins", 4}}};
  const auto curves = measure(metric, logits, labels).curves;
  EXPECT_EQ(curves.at("reliability").first.size(), 2U);
}

TEST(Calibration, BinsHoldTheSameWeight) {
  // Ten events one by one; the last weighs as much as the others together.
  StageUnderTest metric{"calibration", {{"bins", 2}}};
  std::vector<float> z, y, w;
  for (int i = 0; i < 10; ++i) {
    z.push_back(static_cast<float>(i));
    y.push_back(static_cast<float>(i % 2));
    w.push_back(i == 9 ? 9.0F : 1.0F);
  }
  const auto fractions = measure(metric, z, y, w).curves.at("reliability").second;
  ASSERT_EQ(fractions.size(), 2U);
  EXPECT_NEAR(fractions[0], 4.0 / 9, 1e-12);
  EXPECT_EQ(fractions[1], 1.0);
}

TEST(Calibration, AWeightOfTwoIsTheRowTwice) {
  StageUnderTest metric{"calibration", {{"bins", 3}}};
  const auto weighted = measure(metric, {-2, -1, 0, 1, 2}, {0, 1, 0, 1, 1}, {2, 1, 2, 1, 2}).values;
  const auto repeated =
      measure(metric, {-2, -2, -1, 0, 0, 1, 2, 2}, {0, 0, 1, 0, 0, 1, 1, 1}).values;
  EXPECT_NEAR(weighted.at("ece").value, repeated.at("ece").value, 1e-12);
  EXPECT_NEAR(weighted.at("brier").value, repeated.at("brier").value, 1e-12);
}

TEST(Calibration, RefusesBinsThatWeighNothing) {
  StageUnderTest metric{"calibration", {{"bins", 2}}};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {0, 0, 5, 5}, {0, 0, 0, 1}, {1, -1, 1, 1});
            }),
            "the weights of 2 events of neighbouring probabilities sum to 0.000000, which is not "
            "above zero; use fewer 'bins'");
}

}  // namespace
