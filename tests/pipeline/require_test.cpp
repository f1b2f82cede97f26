// Gates as they are parsed; what is wrong with them is in wrong/gates.toml.
#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Requirement gate(const std::string& that) {
  const auto checked = check_good_with("[[require]]\nthat = \"" + that + "\"\n");
  EXPECT_TRUE(checked.plan) << checked.text();
  return checked.plan ? checked.plan->requirements.at(0) : Requirement{};
}

TEST(Require, IsTakenApart) {
  const auto out = gate("auc(train='pythia', test=\\\"herwig\\\", trial=1) > 0.85");
  EXPECT_EQ(out.value_name, "auc");
  EXPECT_THAT(out.selectors,
              ElementsAre(Pair("train", "pythia"), Pair("test", "herwig"), Pair("trial", "1")));
  EXPECT_EQ(out.comparison, Comparison::above);
  EXPECT_EQ(out.bound, 0.85);
  EXPECT_EQ(out.that, "auc(train='pythia', test=\"herwig\", trial=1) > 0.85");
  EXPECT_EQ(to_text(out.position), "study.toml:3:8");
}

TEST(Require, KnowsFiveComparisons) {
  EXPECT_EQ(gate("auc > 1").comparison, Comparison::above);
  EXPECT_EQ(gate("auc >= 1").comparison, Comparison::at_least);
  EXPECT_EQ(gate("auc < 1").comparison, Comparison::below);
  EXPECT_EQ(gate("auc <= 1").comparison, Comparison::at_most);
  EXPECT_EQ(gate("auc == 1").comparison, Comparison::equal);
}

TEST(Require, BracketsMayBeEmptyOrLeftOut) {
  EXPECT_TRUE(gate("auc()<-1e-3").selectors.empty());
  EXPECT_EQ(gate("auc()<-1e-3").bound, -1e-3);
  EXPECT_TRUE(gate("  auc>+2 ").selectors.empty());
}

TEST(Require, MayAskForSigmas) {
  EXPECT_EQ(gate("auc > 0.85").sigmas, 0.0);
  EXPECT_EQ(gate("auc > 0.85 @ 2 sigma").sigmas, 2.0);
  EXPECT_EQ(gate("auc(trial=1)<=0.85@0.5 sigma").sigmas, 0.5);
}

constexpr auto measures = R"(
[sharpness.slope_weights]
use = "slope"
of  = "fit"
on  = "features.{train}"
[evaluate]
metrics = ["auc", "gap"]
)";

Requirement gate_on_measures(const std::string& that) {
  const auto checked = check_good_with(measures + ("[[require]]\nthat = \"" + that + "\"\n"));
  EXPECT_TRUE(checked.plan) << checked.text();
  return checked.plan ? checked.plan->requirements.at(0) : Requirement{};
}

TEST(Require, FindsTheSharpnessMeasureBeforeTheDot) {
  const auto out = gate_on_measures("slope_weights.length(train=herwig, trial=1) < 3");
  EXPECT_EQ(out.subject, Subject::sharpness);
  EXPECT_EQ(out.stage, "slope_weights");
  EXPECT_EQ(out.value_name, "length");
}

TEST(Require, FindsMetricsOfTheWholeStudy) {
  const auto by_name = gate_on_measures("gap(attack=pgd) < 0.1 @ 1 sigma");
  EXPECT_EQ(by_name.subject, Subject::study);
  EXPECT_EQ(by_name.stage, "");
  const auto by_heading = gate_on_measures("gap.widest < 0.1");
  EXPECT_EQ(by_heading.subject, Subject::study);
  EXPECT_EQ(by_heading.stage, "gap");
  EXPECT_EQ(by_heading.value_name, "widest");
}

TEST(Require, ADotBeforeADigitIsPartOfTheName) {
  EXPECT_EQ(gate("rejection_0.85 > 3").value_name, "rejection_0.85");
  EXPECT_EQ(gate("rejection_0.85 > 3").subject, Subject::points);
}

TEST(Require, AMetricOfTheWholeStudyIsThereOnce) {
  const auto checked = check_good_with(measures);
  ASSERT_TRUE(checked.plan) << checked.text();
  ASSERT_EQ(checked.plan->comparisons.size(), 1U);
  EXPECT_EQ(checked.plan->comparisons[0].name, "gap");
  for (const auto& node : checked.plan->scores) EXPECT_EQ(node.metrics.size(), 1U);
}

TEST(Require, TakesValues) { EXPECT_EQ(gate("auc > 0.{epochs}").bound, 0.3); }

}  // namespace
}  // namespace steppe::pipeline::testing
