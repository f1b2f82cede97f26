// Evaluation under attack: what the metrics get, and that it depends on nothing but the events.
#include "framework/run/measure/scoring.hpp"

#include "framework/run/study.hpp"
#include "framework/run/train/training.hpp"

#include <map>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::tiny_plan;

std::vector<std::string> evaluated_with(const std::string& attack) {
  return {"evaluate.attack=" + attack, "evaluate.metrics=[\"fooling_ratio\"]",
          "metric.fooling_ratio.details=true", "values.jets=1500", "evaluate.split=test"};
}

using Numbers = std::map<std::string, double>;

/// The numbers of the first row.
Numbers measured(const std::string& device, const std::string& attack, const std::string& settings,
                 int threads = 1) {
  auto sets = evaluated_with(attack);
  sets.push_back("pipeline.device=" + device);
  const auto plan = tiny_plan("\n[attack." + attack + "]\n" + settings, sets);
  Observer nobody;
  const auto outcome = run_study(plan, {threads, nullptr}, nobody);
  EXPECT_TRUE(outcome.failures.empty());
  Numbers out;
  for (const auto& quantity : outcome.results.rows.at(0).quantities)
    out[quantity.name] = quantity.value;
  return out;
}

class ScoringOn : public ::testing::TestWithParam<const char*> {};

TEST_P(ScoringOn, AnAttackOfStrengthZeroFoolsNobody) {
  const auto got = measured(GetParam(), "fgsm", "epsilon = 0.0\n");
  EXPECT_EQ(got.at("fooling_ratio"), 0.0);
  EXPECT_EQ(got.at("fooling_matrix.right_wrong"), 0.0);
  EXPECT_EQ(got.at("fooling_matrix.wrong_right"), 0.0);
  EXPECT_GT(got.at("fooling_matrix.right_right"), 150.0);
}

TEST_P(ScoringOn, AGradientFoolsMoreThanNoiseOfItsSize) {
  const auto fgsm = measured(GetParam(), "fgsm", "epsilon = 0.05\n");
  const auto noise = measured(GetParam(), "noise", "epsilon = 0.05\n");
  EXPECT_GT(fgsm.at("fooling_ratio"), 0.1);
  EXPECT_LT(noise.at("fooling_ratio"), 0.5 * fgsm.at("fooling_ratio"));
  EXPECT_GT(fgsm.at("fooling_ratio"), 0.0);
}

INSTANTIATE_TEST_SUITE_P(Devices, ScoringOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(Scoring, GivesTheSameUnderAttackForAnyNumberOfThreadsAndOnFar) {
  const auto one = measured("cpu", "noise", "epsilon = 0.2\nunit = \"sigma\"\n");
  EXPECT_EQ(one, measured("cpu", "noise", "epsilon = 0.2\nunit = \"sigma\"\n", 4));
  EXPECT_EQ(one, measured("far", "noise", "epsilon = 0.2\nunit = \"sigma\"\n", 2));
}

/// AUC and fooling ratio of the first row, under FGSM.
pipeline::Plan both_metrics(const std::string& epsilon) {
  auto sets = evaluated_with("fgsm");
  sets.push_back("evaluate.metrics=[\"fooling_ratio\", \"auc\"]");
  return tiny_plan("\n[attack.fgsm]\nepsilon = " + epsilon + "\n", sets);
}

const data::Quantity* find(const pipeline::MeasuredRow& row, const std::string& name) {
  for (const auto& quantity : row.quantities)
    if (quantity.name == name) return &quantity;
  return nullptr;
}

TEST(Scoring, AMetricThatFailsTakesNothingFromTheOthers) {
  auto plan = both_metrics("0.05");
  for (auto& score : plan.scores) score.attack.reset();  // `check` refuses this
  for (auto& score : plan.scores) score.again.clear();
  Observer nobody;
  const auto outcome = run_study(plan, {1, nullptr}, nobody);
  ASSERT_EQ(outcome.failures.size(), plan.scores.size());
  EXPECT_NE(outcome.failures[0].sentence.find("name one in [evaluate]"), std::string::npos);
  ASSERT_EQ(outcome.results.rows.size(), plan.rows.size());
  EXPECT_TRUE(find(outcome.results.rows[0], "auc"));
  EXPECT_FALSE(find(outcome.results.rows[0], "fooling_ratio"));
}

TEST(Scoring, MetricsMeasureTheAttackedScoresTooUnderANameOfTheirOwn) {
  Observer nobody;
  const auto still = run_study(both_metrics("0.0"), {1, nullptr}, nobody).results.rows.at(0);
  EXPECT_EQ(find(still, "auc.attacked")->value, find(still, "auc")->value);
  const auto moved = run_study(both_metrics("0.05"), {1, nullptr}, nobody).results.rows.at(0);
  EXPECT_EQ(find(moved, "auc")->value, find(still, "auc")->value);
  EXPECT_LT(find(moved, "auc.attacked")->value, find(moved, "auc")->value - 0.01);
  EXPECT_FALSE(find(moved, "fooling_ratio.attacked"));
}

TEST(Scoring, ARowKnowsHowManyEventsItIsOf) {
  Observer nobody;
  const auto row = run_study(both_metrics("0.0"), {1, nullptr}, nobody).results.rows.at(0);
  ASSERT_EQ(row.class_events.size(), 2U);
  EXPECT_EQ(row.class_events[0] + row.class_events[1], row.events);
  EXPECT_GT(row.class_events[1], 0U);
}

TEST(Scoring, PointsThatDifferInTheTestedAttackShareTheirTraining) {
  auto sets = evaluated_with("{tested}");
  const auto plan = tiny_plan("\n[matrix]\ntested = [\"fgsm\", \"noise\"]\n", sets);
  EXPECT_EQ(plan.trainings.size(), 1U);
  EXPECT_EQ(plan.scores.size(), 2U);
}

}  // namespace
}  // namespace steppe::run
