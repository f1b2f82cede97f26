// Fooling ratio against counts made by hand.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::Measured;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;
using Values = std::vector<float>;

/// Logits row by row, before and after; weights are 1 when none are given.
struct Events {
  Values before, after, labels, weights{};
  std::size_t classes = 2;

  Measured measure() const {
    StageUnderTest metric{"fooling_ratio", {{"details", true}}};
    const auto n = labels.size();
    const auto w = weights.empty() ? Values(n, 1.0F) : weights;
    const std::vector<std::uint64_t> ids(n, 0);
    const steppe_scores scores{.size = sizeof(steppe_scores),
                               .rows = n,
                               .logits = before.data(),
                               .labels = labels.data(),
                               .weights = w.data(),
                               .event_ids = ids.data(),
                               .outputs = before.size() / n,
                               .classes = classes,
                               .attacked_logits = after.empty() ? nullptr : after.data()};
    Measured out;
    const auto results = steppe::testing::results_into(out);
    metric.host().check(metric.table<steppe_metric>().measure(
        metric.instance(), metric.host().raw(), &scores, &results));
    return out;
  }
};

// Signal: right and stays, right and fooled, wrong and stays. Background: right and fooled, right
// and stays, right and stays, wrong and mended.
const Events seven{{1, 2, -1, -1, -2, -3, 4}, {3, -1, -2, 1, -1, -1, -4}, {1, 1, 1, 0, 0, 0, 0}};

double wilson(double f, double n) {
  return std::sqrt(f * (1 - f) / n + 1 / (4 * n * n)) / (1 + 1 / n);
}

TEST(FoolingRatio, IsOfTheEventsThatWereRight) {
  const auto got = seven.measure().values;
  EXPECT_DOUBLE_EQ(got.at("fooling_ratio").value, 2.0 / 5);
  EXPECT_DOUBLE_EQ(got.at("fooling_ratio.signal").value, 1.0 / 2);
  EXPECT_DOUBLE_EQ(got.at("fooling_ratio.background").value, 1.0 / 3);
  EXPECT_NEAR(got.at("fooling_ratio").uncertainty, wilson(0.4, 5), 1e-14);
  EXPECT_NEAR(got.at("fooling_ratio.signal").uncertainty, wilson(0.5, 2), 1e-14);
}

TEST(FoolingRatio, CountsRightAndWrongBeforeAndAfter) {
  const auto got = seven.measure().values;
  EXPECT_EQ(got.at("fooling_matrix.right_right").value, 3);
  EXPECT_EQ(got.at("fooling_matrix.right_wrong").value, 2);
  EXPECT_EQ(got.at("fooling_matrix.wrong_right").value, 1);
  EXPECT_EQ(got.at("fooling_matrix.wrong_wrong").value, 1);
}

TEST(FoolingRatio, IsUncertainWhereNoneOrAllAreFooled) {
  const auto none = Events{{1, 1, -1}, {1, 1, -1}, {1, 1, 0}}.measure().values;
  EXPECT_EQ(none.at("fooling_ratio").value, 0.0);
  EXPECT_NEAR(none.at("fooling_ratio").uncertainty, 1.0 / 6 / (1 + 1.0 / 3), 1e-14);
  const auto all = Events{{1, 1, -1}, {-1, -1, 1}, {1, 1, 0}}.measure().values;
  EXPECT_EQ(all.at("fooling_ratio").value, 1.0);
  EXPECT_NEAR(all.at("fooling_ratio").uncertainty, 1.0 / 6 / (1 + 1.0 / 3), 1e-14);
}

TEST(FoolingRatio, AnEventOfWeightThreeIsThree) {
  const auto got = Events{{1, 1}, {-1, 1}, {1, 1}, {3, 1}}.measure().values;
  EXPECT_DOUBLE_EQ(got.at("fooling_ratio").value, 0.75);
  EXPECT_EQ(got.at("fooling_matrix.right_wrong").value, 1);
}

TEST(FoolingRatio, OfSeveralClassesGoesByTheHighestLogit) {
  const auto got = Events{{0, 1, 2, /**/ 3, 1, 2, /**/ 0, 5, 1},
                          {0, 3, 2, /**/ 3, 1, 2, /**/ 0, 5, 1},
                          {2, 0, 2},
                          {},
                          3}
                       .measure();
  EXPECT_DOUBLE_EQ(got.values.at("fooling_ratio").value, 0.5);
  EXPECT_DOUBLE_EQ(got.values.at("fooling_ratio.class_2").value, 1.0);
  EXPECT_DOUBLE_EQ(got.values.at("fooling_ratio.class_0").value, 0.0);
  EXPECT_TRUE(got.undefined.contains("fooling_ratio.class_1"));
}

TEST(FoolingRatio, IsUndefinedWhereNothingWasRight) {
  const auto got = Events{{-1, -1}, {1, 1}, {1, 0}}.measure();
  EXPECT_TRUE(got.undefined.contains("fooling_ratio.signal"));
  EXPECT_EQ(got.values.at("fooling_ratio.background").value, 1.0);
}

TEST(FoolingRatio, RefusesScoresThatItCannotCompare) {
  EXPECT_EQ(sentence_of([] {
              Events{{1, -1}, {}, {1, 0}}.measure();
            }),
            "there are no scores after an attack; name one in [evaluate], such as attack = "
            "\"fgsm\"");
  EXPECT_EQ(sentence_of([] {
              Events{{1, -1}, {1, NAN}, {1, 0}}.measure();
            }),
            "a logit or a weight is not finite");
  EXPECT_EQ(sentence_of([] {
              Events{{1, -1}, {1, 1}, {1.5F, 0.3F}, {}, 0}.measure();
            }),
            "the target is a real value, which no event has simply right or wrong");
}

}  // namespace
