// The mean squared error against sums made by hand.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

TEST(MeanSquaredError, IsTheMeanWithTheUncertaintyOfAMean) {
  StageUnderTest metric{"mean_squared_error"};
  // Errors 1, -2, 3: squared 1, 4, 9 with mean 14/3 and sample variance 49/3.
  const auto got = measure(metric, {1, 0, 3.5}, {0, 2, 0.5}, {}, 0).values.at("mean_squared_error");
  EXPECT_DOUBLE_EQ(got.value, 14.0 / 3);
  EXPECT_DOUBLE_EQ(got.uncertainty, std::sqrt(49.0 / 3 / 3));
}

TEST(MeanSquaredError, AWeightOfTwoIsAnEventTwice) {
  StageUnderTest metric{"mean_squared_error"};
  const auto twice = measure(metric, {1, 1, 5}, {0, 0, 2}, {}, 0).values.at("mean_squared_error");
  const auto heavy = measure(metric, {1, 5}, {0, 2}, {2, 1}, 0).values.at("mean_squared_error");
  EXPECT_DOUBLE_EQ(heavy.value, twice.value);
  const auto scaled = measure(metric, {1, 5}, {0, 2}, {4, 2}, 0).values.at("mean_squared_error");
  EXPECT_DOUBLE_EQ(scaled.uncertainty, heavy.uncertainty);
}

TEST(MeanSquaredError, OfOneEventHasNoUncertainty) {
  StageUnderTest metric{"mean_squared_error"};
  const auto got = measure(metric, {1}, {3}, {}, 0).values.at("mean_squared_error");
  EXPECT_DOUBLE_EQ(got.value, 4.0);
  EXPECT_TRUE(std::isnan(got.uncertainty));
}

TEST(MeanSquaredError, RefusesClassesAndWhatIsNotFinite) {
  StageUnderTest metric{"mean_squared_error"};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0, 1}, {}, 2);
            }),
            "it needs a target that is a real value, and this one has 2 classes; use 'accuracy'");
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, std::nanf("")}, {0, 1}, {}, 0);
            }),
            "row 1 has the logit nan and the weight 1.000000; both must be finite");
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0, 1}, {1, -1}, 0);
            }),
            "the weights of the events sum to 0.000000; they must sum to more than zero");
}

}  // namespace
