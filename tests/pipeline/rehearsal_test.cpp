// What metrics and measures will give, known before anything runs. What a gate may not ask for is
// in wrong/gate_values.toml.
#include "framework/pipeline/rehearsal.hpp"

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto under_pgd = R"(
[evaluate]
attack  = "pgd"
metrics = ["auc", "fooled"]
)";

TEST(Rehearsal, MetricsMeasureTheAttackedScoresAgainUnlessTheyCompareThem) {
  const auto checked = check_good_with(under_pgd);
  ASSERT_TRUE(checked.plan) << checked.text();
  EXPECT_THAT(checked.plan->scores.at(0).again, ElementsAre("auc"));
  const auto clean = check_good_with("");
  ASSERT_TRUE(clean.plan) << clean.text();
  EXPECT_THAT(clean.plan->scores.at(0).again, IsEmpty());
}

TEST(Rehearsal, NamesWithDotsAreThoseOfMetricsFirst) {
  for (const char* const gate : {"auc.attacked", "fooled.signal", "fooled"}) {
    const auto checked =
        check_good_with(std::string{under_pgd} + "[[require]]\nthat = \"" + gate + " > 0.5\"\n");
    ASSERT_TRUE(checked.plan) << checked.text();
    EXPECT_EQ(checked.plan->requirements.at(0).subject, Subject::points);
    EXPECT_EQ(checked.plan->requirements.at(0).value_name, gate);
  }
}

TEST(Rehearsal, AMetricThatSaysNothingLeavesGatesAlone) {
  const auto checked = check_good_with(
      "[evaluate]\nmetrics = ['auc', 'silent']\n[[require]]\nthat = \"mass > 0.5\"\n");
  EXPECT_TRUE(checked.plan) << checked.text();
}

TEST(Rehearsal, AMetricThatTakesNoMadeUpScoresIsTakenAtItsWord) {
  const auto checked = check_good_with("[evaluate]\nmetrics = ['auc', 'proud']\n");
  EXPECT_TRUE(checked.plan) << checked.text();
}

TEST(Rehearsal, SigmasOfOneTrialAreNoted) {
  const auto of = [](const char* trials) {
    return check_good_with(
               std::string{"[matrix]\ntrain = ['pythia', 'herwig']\nattack = ['none']\n"} + trials +
               "\n[[require]]\nthat = 'auc > 0.5 @ 2 sigma'\n")
        .text();
  };
  EXPECT_THAT(of("trial = 1"),
              HasSubstr("note: there is one trial: its sigma is that of the test"));
  EXPECT_THAT(of("trial = 2"), Not(HasSubstr("there is one trial")));
}

TEST(Rehearsal, ScoresOfTrainingEventsAreNoted) {
  const auto checked = check_good_with("[evaluate]\nsplit = 'all'\n");
  ASSERT_TRUE(checked.plan) << checked.text();
  EXPECT_THAT(checked.text(),
              HasSubstr("note: split = \"all\" has events that networks are trained"));
}

TEST(Rehearsal, ASeriesGoesOn) {
  ValueNames names;
  names.stages["hessian"] = {"dominant", "dominant_2", "trace"};
  EXPECT_TRUE(names.may_have("hessian", "dominant_17"));
  EXPECT_FALSE(names.may_have("hessian", "trace_17"));
  EXPECT_FALSE(names.may_have("hessian", "dominant_"));
  EXPECT_TRUE(names.may_have("another", "trace_17"));
  EXPECT_THAT(names.all(), ElementsAre("hessian.dominant", "hessian.dominant_2", "hessian.trace"));
}

TEST(Rehearsal, AMetricOfTheWholeStudyWithoutANumberIsNoted) {
  const auto checked = check_good_with(
      "[evaluate]\nmetrics = ['auc', 'gap']\n[metric.gap]\nleast = 2\n[[require]]\n"
      "that = 'auc > 0'\n");
  ASSERT_TRUE(checked.plan) << checked.text();
  EXPECT_THAT(checked.text(), HasSubstr("note: metric 'gap' will have no number in this study: no "
                                        "gap is as wide as that"));
}

}  // namespace
}  // namespace steppe::pipeline::testing
