// Metrics of the whole study on real ones: Delta S is there where two generators differ, and is not
// made up where they do not.
#include "framework/pipeline/comparison.hpp"

#include "framework/run/study.hpp"

#include <cmath>
#include <functional>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

/// Two generators, of which the second is the first when `gap` is 0; clean training and FGSM.
constexpr auto two_generators = R"(
[pipeline]
name = "two_generators"
[matrix]
train  = ["pythia", "herwig"]
attack = ["none", "fgsm"]
[reader.pythia]
use            = "toy_jets"
jets_per_class = 1500
[reader.herwig]
use            = "toy_jets"
simulation     = "herwig"
gap            = 2
jets_per_class = 1500
[transform.features]
use   = "jet_features"
input = ["pythia", "herwig"]
[model.tagger]
use        = "dense"
preprocess = ["standardise"]
[optimizer.adamw]
learning_rate = 1e-3
[attack.fgsm]
move = ["constituent.*"]
[trainer.fit]
use       = "supervised"
data      = "features.{train}"
model     = "tagger"
optimizer = "adamw"
attack    = "{attack}"
epochs    = 3
[evaluate]
of      = "fit"
on      = ["features.pythia", "features.herwig"]
metrics = ["auc", "delta_s"]
)";

StudyOutcome run_with(const std::vector<std::string>& sets, int threads = 2) {
  Observer nobody;
  return run_study(testing::plan_of(two_generators, sets), {threads, nullptr}, nobody);
}

double auc(const StudyOutcome& outcome, const std::vector<std::string>& coordinates) {
  for (const auto& row : outcome.results.rows)
    if (row.coordinates == coordinates) return row.quantities.at(0).value;
  return std::nan("");
}

TEST(Comparison, DeltaSIsDefinedWhereGeneratorsAreFarApart) {
  const auto outcome = run_with({});
  const auto& all = outcome.results.comparisons;
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].metric, "delta_s");
  EXPECT_EQ(all[0].coordinates, (std::vector<std::string>{"pythia", "fgsm", "herwig"}));
  EXPECT_EQ(all[1].coordinates, (std::vector<std::string>{"herwig", "fgsm", "pythia"}));
  for (const auto& one : all) {
    ASSERT_EQ(one.quantities.size(), 1U);
    ASSERT_EQ(one.quantities[0].undefined, "");
    const auto& from = one.coordinates[0];
    const auto& to = one.coordinates[2];
    const double reference = auc(outcome, {from, "none", to});
    EXPECT_DOUBLE_EQ(one.quantities[0].value, (auc(outcome, {from, "fgsm", to}) - reference) /
                                                  (auc(outcome, {to, "none", to}) - reference));
    EXPECT_GT(one.quantities[0].uncertainty, 0);
    EXPECT_EQ(one.trials, 1U);
  }
}

TEST(Comparison, DeltaSIsUndefinedWhereGeneratorsAreTheSame) {
  const auto outcome = run_with({"reader.herwig.gap=0"});
  ASSERT_EQ(outcome.results.comparisons.size(), 2U);
  for (const auto& one : outcome.results.comparisons)
    EXPECT_NE(one.quantities.at(0).undefined.find("which is not 2 sigma above zero"),
              std::string::npos)
        << one.quantities[0].value;
}

TEST(Comparison, DeltaSOfOneGeneratorBelongsToTheWholeStudy) {
  const auto outcome = run_with({"reader.herwig.simulation=pythia"});
  ASSERT_EQ(outcome.results.comparisons.size(), 1U);
  EXPECT_TRUE(outcome.results.comparisons[0].coordinates.empty());
  EXPECT_NE(outcome.results.comparisons[0].quantities.at(0).undefined, "");
}

TEST(Comparison, DoesNotDependOnThreads) {
  const auto numbers = [](const StudyOutcome& outcome) {
    std::vector<double> out;
    for (const auto& one : outcome.results.comparisons)
      for (const auto& q : one.quantities) out.insert(out.end(), {q.value, q.uncertainty});
    return out;
  };
  EXPECT_EQ(numbers(run_with({}, 1)), numbers(run_with({}, 4)));
}

TEST(Comparison, GetsThePointsThatAreThereWhenOthersFail) {
  // An epsilon that no float holds fails the attacked trainings only.
  const auto outcome = run_with({"attack.fgsm.epsilon=1e39"});
  EXPECT_EQ(outcome.failures.size(), 2U);
  ASSERT_EQ(outcome.results.comparisons.size(), 1U);
  EXPECT_EQ(outcome.results.comparisons[0].quantities.at(0).undefined,
            "no network was trained with an attack on one domain and tested on another");
}

/// What `looking_metric` does.
std::function<void(const steppe_study&, const steppe_results&)> look;

/// A metric by hand.
pipeline::Stage looking_metric() {
  static const steppe_metric functions{
      .size = sizeof(steppe_metric),
      .measure = nullptr,
      .compare = [](const void*, const steppe_host*, const steppe_study* study,
                    const steppe_results* results) -> steppe_status {
        look(*study, *results);
        return STEPPE_OK;
      }};
  static const steppe_stage table = [] {
    steppe_stage out{};
    out.size = sizeof out;
    out.create = [](const steppe_host*, const steppe_value*, std::size_t,
                    void** instance) -> steppe_status {
      *instance = nullptr;
      return STEPPE_OK;
    };
    out.destroy = [](void*) {};
    out.table = &functions;
    return out;
  }();
  static const plugin::StageInfo info = [] {
    plugin::StageInfo out;
    out.kind = "metric";
    out.name = "looking";
    out.table = &table;
    return out;
  }();
  pipeline::Stage out;
  out.info = &info;
  out.name = "looking";
  return out;
}

pipeline::StudyResults measured() {
  pipeline::StudyResults out;
  out.axes = {"train", "trial", "test"};
  for (const char* trial : {"0", "1"})
    out.rows.push_back(
        {{"p", trial, "h"}, {{"auc", 0.75, 0.5, ""}}, {}, "pythia", "herwig", 4, {2, 2}});
  out.sharpness.push_back({"hessian", {"p", "1"}, {{"eigenvalue", 0.25, 0.125, ""}}, {}});
  return out;
}

TEST(Comparison, ShowsPointsWithDomainsScoresAndSharpness) {
  look = [](const steppe_study& study, const steppe_results&) {
    ASSERT_EQ(study.points, 2U);
    ASSERT_EQ(study.axis_count, 3U);
    EXPECT_STREQ(study.axes[2], "test");
    EXPECT_STREQ(study.coordinates[1 * 3 + 1], "1");
    EXPECT_STREQ(study.trained_on[1], "pythia");
    EXPECT_STREQ(study.tested_on[1], "herwig");
    double value = 0, uncertainty = 0;
    EXPECT_TRUE(study.value(study.self, 0, "auc", &value, &uncertainty));
    EXPECT_EQ(value, 0.75);
    EXPECT_EQ(uncertainty, 0.5);
    EXPECT_FALSE(study.value(study.self, 0, "hessian.eigenvalue", &value, &uncertainty));
    EXPECT_TRUE(study.value(study.self, 1, "hessian.eigenvalue", &value, &uncertainty));
    EXPECT_EQ(value, 0.25);
    EXPECT_FALSE(study.value(study.self, 1, "hessian.trace", &value, &uncertainty));
    EXPECT_FALSE(study.value(study.self, 2, "auc", &value, &uncertainty));
  };
  EXPECT_TRUE(compare(looking_metric(), measured(), {}).empty());
}

TEST(Comparison, GathersNumbersByPlaceWithoutTrials) {
  look = [](const steppe_study&, const steppe_results& to) {
    to.value(to.self, "whole", 1, 0);
    EXPECT_EQ(to.at(to.self, 1), STEPPE_OK);
    to.value(to.self, "mean", 2, 0);
    EXPECT_EQ(to.at(to.self, 0), STEPPE_OK);
    to.value(to.self, "spread", 3, 0);
    EXPECT_NE(to.at(to.self, 2), STEPPE_OK);
  };
  const auto found = compare(looking_metric(), measured(), {});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_TRUE(found[0].coordinates.empty());
  EXPECT_EQ(found[0].quantities.at(0).name, "whole");
  EXPECT_EQ(found[1].coordinates, (std::vector<std::string>{"p", "h"}));
  EXPECT_EQ(found[1].trials, 2U);
  ASSERT_EQ(found[1].quantities.size(), 2U);
  EXPECT_EQ(found[1].quantities[1].name, "spread");
}

}  // namespace
}  // namespace steppe::run
