// Background rejection against counts made by hand.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

// 4 signal events at 8, 6, 4, 2 and 10 background events at 7, 5, 5, 3, 1, 0, 0, 0, 0, 0.
const std::vector<float> logits{8, 6, 4, 2, 7, 5, 5, 3, 1, 0, 0, 0, 0, 0};
const std::vector<float> labels{1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

TEST(Rejection, IsReadAtTheNearestPoint) {
  // 0.8 lies nearest to TPR 3/4, first reached at 4, where 3 of 10 background events pass.
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.8}}}};
  const auto result = measure(metric, logits, labels).values.at("rejection");
  EXPECT_NEAR(result.value, 10.0 / 3, 1e-14);
  // Wilson's interval for 3 of 10: the roots of (f - 0.3)^2 = f (1 - f) / 10.
  const double low = 0.17882082075676462, high = 0.45754281560687174;
  EXPECT_NEAR(result.uncertainty, (1 / low - 1 / high) / 2, 1e-12);
}

TEST(Rejection, OfASingleBackgroundEventIsHardlyKnown) {
  std::vector<float> z(10001, -1.0F), y(10001, 0.0F);
  z[0] = z[1] = 1, y[0] = 1;  // the signal event and one of 10000 background events pass
  StageUnderTest metric{"rejection"};
  const auto result = measure(metric, z, y).values.at("rejection");
  EXPECT_NEAR(result.value, 10000, 1e-8);
  EXPECT_NEAR(result.uncertainty, 11179.8926649588, 1e-6);
}

TEST(Rejection, UncertaintyIsBinomialWhereMuchPasses) {
  std::vector<float> z, y;
  for (int i = 0; i < 100000; ++i) {
    z.push_back(static_cast<float>(i % 2));
    y.push_back(i % 100 == 1 ? 1.0F : 0.0F);
  }
  StageUnderTest metric{"rejection"};
  const auto result = measure(metric, z, y).values.at("rejection");
  const double f = 49000.0 / 99000;
  EXPECT_NEAR(result.uncertainty, std::sqrt((1 - f) / (f * 99000)) / f, 1e-6);
}

TEST(Rejection, TakesTheTightestCutOfEqualEfficiency) {
  // TPR 1/2 is reached at 6 (1 of 10 pass) and stays at 5 (3 of 10).
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.5}}}};
  EXPECT_NEAR(measure(metric, logits, labels).values.at("rejection").value, 10.0, 1e-14);
}

TEST(Rejection, NamesEachOfSeveralEfficiencies) {
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.5, 0.75, 1.0}}}};
  const auto values = measure(metric, logits, labels).values;
  EXPECT_NEAR(values.at("rejection_0.5").value, 10.0, 1e-14);
  EXPECT_NEAR(values.at("rejection_0.75").value, 10.0 / 3, 1e-14);
  EXPECT_NEAR(values.at("rejection_1").value, 10.0 / 4, 1e-14);
  EXPECT_EQ(values.size(), 3U);
}

TEST(Rejection, TiedScoresPassTogether) {
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.9}}}};
  const auto result = measure(metric, {1, 1, 1, 1, 0, 0}, {1, 1, 0, 0, 0, 0});
  EXPECT_NEAR(result.values.at("rejection").value, 2.0, 1e-14);
}

TEST(Rejection, SaysHowHighItIsWhenNoBackgroundPasses) {
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.25}}}};
  const auto result = measure(metric, logits, labels);
  EXPECT_TRUE(result.values.empty());
  EXPECT_EQ(result.undefined.at("rejection"),
            "no background event of 10 passes at signal efficiency 0.25; the rejection is above "
            "3.33333 at 95 % confidence");
}

TEST(Rejection, EqualWeightsChangeNothing) {
  StageUnderTest metric{"rejection", {{"signal_efficiency", std::vector{0.8}}}};
  const auto plain = measure(metric, logits, labels).values.at("rejection");
  const auto scaled = measure(metric, logits, labels, std::vector<float>(logits.size(), 8.0F))
                          .values.at("rejection");
  EXPECT_DOUBLE_EQ(scaled.value, plain.value);
  EXPECT_DOUBLE_EQ(scaled.uncertainty, plain.uncertainty);
}

TEST(Rejection, AWeightOfTwoIsTheRowTwice) {
  StageUnderTest metric{"rejection"};
  const auto weighted = measure(metric, {5, 4, 4, 3, 2}, {1, 0, 1, 0, 1}, {2, 1, 3, 2, 1});
  const auto repeated = measure(metric, {5, 5, 4, 4, 4, 4, 3, 3, 2}, {1, 1, 0, 1, 1, 1, 0, 0, 1});
  EXPECT_DOUBLE_EQ(weighted.values.at("rejection").value, repeated.values.at("rejection").value);
}

TEST(Rejection, IsUndefinedWhenWhatPassesWeighsNothing) {
  StageUnderTest metric{"rejection"};
  const auto result = measure(metric, {3, 2, 2, 1}, {0, 0, 1, 0}, {1, -1, 1, 5});
  EXPECT_EQ(result.undefined.at("rejection"),
            "the weights of the background events that pass at signal efficiency 0.85 sum to 0, "
            "which is not above zero");
}

TEST(Rejection, WantsAnEfficiency) {
  EXPECT_EQ(sentence_of([] {
              StageUnderTest{"rejection", {{"signal_efficiency", std::vector<double>{}}}};
            }),
            "'signal_efficiency' is empty; give at least one, such as 0.85");
}

TEST(Rejection, IsForTwoClasses) {
  StageUnderTest metric{"rejection"};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2, 3, 3, 2, 1}, {0, 2}, {}, 3);
            }),
            "it needs a target of two classes, and this one has 3 classes; use 'accuracy'");
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0, 1}, {}, 0);
            }),
            "it needs a target of two classes, and this one is a real value; use "
            "'mean_squared_error'");
}

}  // namespace
