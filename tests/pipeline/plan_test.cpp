// Plans: nodes that points share, rows in order, columns and networks, notes.
#include "framework/pipeline/plan.hpp"

#include "framework/compute/device.hpp"

#include <algorithm>

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;

TEST(Plan, OfAGoodFileHasNothingToSay) {
  const auto [plan, problems] = check_good_with("");
  EXPECT_EQ(printed(problems), "");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->name, "good");
  EXPECT_EQ(plan->seed, 7U);
  EXPECT_EQ(plan->device, "cpu");
  EXPECT_EQ(plan->splits.train, 0.8);
  EXPECT_THAT(plan->axes, ElementsAre("train", "attack", "trial", "test"));
}

TEST(Plan, CountsEveryNodeOnce) {
  const auto plan = *check_good_with("").plan;
  EXPECT_EQ(plan.data.size(), 2U);        // pythia and herwig, each behind the transform
  EXPECT_EQ(plan.trainings.size(), 12U);  // 2 train x 3 attack x 2 trial
  EXPECT_EQ(plan.scores.size(), 24U);     // each on both
  EXPECT_EQ(plan.rows.size(), 24U);
}

TEST(Plan, RowsComeWithTheLastAxisFastest) {
  const auto plan = *check_good_with("").plan;
  EXPECT_THAT(plan.rows[0].coordinates, ElementsAre("pythia", "none", "0", "pythia"));
  EXPECT_THAT(plan.rows[1].coordinates, ElementsAre("pythia", "none", "0", "herwig"));
  EXPECT_THAT(plan.rows[2].coordinates, ElementsAre("pythia", "none", "1", "pythia"));
  EXPECT_THAT(plan.rows[4].coordinates, ElementsAre("pythia", "fgsm", "0", "pythia"));
  EXPECT_THAT(plan.rows[23].coordinates, ElementsAre("herwig", "pgd", "1", "herwig"));
  const auto& score = plan.scores[plan.rows[23].score];
  EXPECT_EQ(plan.data[score.data].name, "features.herwig");
  EXPECT_EQ(plan.trainings[score.training].trial, 1U);
  EXPECT_EQ(plan.trainings[score.training].attacks[0].name, "pgd");
}

TEST(Plan, PointsThatDifferInAMetricShareTheirTraining) {
  const auto [plan, problems] = check_good_with(
      "[matrix]\nworking_point = [0.3, 0.5, 0.7]\n[metric.rejection]\n"
      "signal_efficiency = '{working_point}'\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->trainings.size(), 12U);
  EXPECT_EQ(plan->scores.size(), 72U);
  EXPECT_EQ(plan->rows.size(), 72U);
}

TEST(Plan, PointsThatDifferInNothingShareEverything) {
  const auto [plan, problems] = check_good_with("[matrix]\nidle = ['a', 'b']\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->trainings.size(), 12U);
  EXPECT_EQ(plan->scores.size(), 24U);
  EXPECT_EQ(plan->rows.size(), 48U);
  EXPECT_EQ(printed(problems),
            "study.toml:3:1: note: axis 'idle' is not used: its points differ in nothing\n");
}

TEST(Plan, EverythingThatDecidesWeightsIsInTheKey) {
  const auto key = [](const std::string& set) {
    const auto checked = check_good_with("", {set});
    EXPECT_TRUE(checked.plan) << set << '\n' << checked.text();
    return checked.plan->trainings.back().key;
  };
  const auto plain = key("pipeline.name=other");
  EXPECT_EQ(plain, key("metric.rejection.signal_efficiency=0.1"));
  EXPECT_EQ(plain, key("evaluate.split=all"));
  EXPECT_EQ(plain, key("attack.fgsm.epsilon=0.5"));  // the last training has pgd
  for (const auto* set :
       {"pipeline.seed=8", "pipeline.splits={train=0.5, test=0.5}", "transform.features.count=1",
        "model.tagger.hidden=[5]", "model.tagger.preprocess=[]", "optimizer.sgd.learning_rate=2",
        "trainer.fit.epochs=4", "attack.pgd.steps=9", "attack.pgd.space=weights",
        "attack.pgd.hold=['x0']", "matrix.trial=3"})
    EXPECT_NE(plain, key(set)) << set;
}

TEST(Plan, ColumnsGoThroughTheChainAndIntoTheGraph) {
  const auto [plan, problems] = check_good_with(
      "[reader.pythia]\nfeatures = 5\n[reader.herwig]\nfeatures = 5\n"
      "[transform.features]\ncount = 2\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->data[0].columns.size(), 4U);
  EXPECT_EQ(plan->data[0].columns.items[0].name, "x2");
  const auto& graph = plan->trainings[0].graph;
  EXPECT_EQ(graph.input_columns(), 3U);
  EXPECT_EQ(graph.nodes().at(1).op, "standardise");
  EXPECT_EQ(graph.parameters(), (3U * 4 + 4) + (4 * 2 + 2) + (2 * 1 + 1));
}

TEST(Plan, TheTestDeviceIsKnown) {
  EXPECT_EQ(check_good_with("", {"pipeline.device=far"}).plan->device, "far");
}

TEST(Plan, NamesTheDeviceThatAutoBecameAndSaysWhyThereIsNoGpu) {
  const auto why = compute::device_trouble("gpu");
  const std::string found = why.empty() ? "gpu" : "cpu";
  EXPECT_EQ(check_good_with("", {"pipeline.device=auto"}).plan->device, found);
  const auto wanted = check_good_with("", {"pipeline.device=gpu"});
  EXPECT_EQ(wanted.plan.has_value(), why.empty());
  if (why.empty()) return;
  EXPECT_NE(wanted.text().find("device 'gpu' is not there: " + why), std::string::npos);
}

TEST(Plan, KeepsTheDocumentAsItWasUsed) {
  const auto plan = *check_good_with("", {"values.epochs=9"}).plan;
  const auto again = check(plan.resolved);
  ASSERT_TRUE(again.plan) << again.text();
  EXPECT_EQ(again.plan->trainings.back().key, plan.trainings.back().key);
  EXPECT_EQ(again.plan->resolved, plan.resolved);
}

TEST(Plan, WithoutEvaluationTrainsEveryTrainer) {
  const auto [plan, problems] = check(R"(
[pipeline]
name = "unmeasured"
[trainer.first]
use       = "plain"
data      = "toy"
model     = "dense"
optimizer = "sgd"
[trainer.second]
use       = "plain"
data      = "toy"
model     = "dense"
optimizer = "sgd"
)");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->trainings.size(), 2U);
  EXPECT_TRUE(plan->rows.empty());
  EXPECT_EQ(
      printed(problems),
      "study.toml: note: nothing will be measured: there is no heading [evaluate]\n"
      "study.toml:8:13: note: optimizer 'sgd' has no heading [optimizer.sgd], so all is as by "
      "default: learning_rate = 0.1\n");
}

TEST(Plan, AnAxisMayChooseTheTrainer) {
  const auto [plan, problems] = check_good_with(R"(
matrix.how = ["fit", "slow"]
evaluate.of = "{how}"
trainer.slow = { use = "plain", data = "features.pythia", model = "tagger", optimizer = "sgd" }
)");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->trainings.size(), 12U + 2U);  // `slow` knows neither `train` nor `attack`
}

TEST(Plan, AnAttackCarriesItsProjectorsInOrderAndTrainingsDifferByThem) {
  const auto [plan, problems] = check_good_with(
      "[matrix]\nlimit = [0.5, 2.0]\n[projector.small]\nuse = 'clip'\nhigh = '{limit}'\n"
      "[attack.pgd]\nproject = ['small', 'clip']\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(printed(problems), "");
  EXPECT_EQ(plan->trainings.size(), 16U);  // 2 train x 2 trial x (none, fgsm, pgd twice)
  for (const auto& training : plan->trainings) {
    if (training.attacks.empty() || training.attacks[0].name != "pgd") continue;
    const auto& projectors = training.attacks[0].projectors;
    ASSERT_EQ(projectors.size(), 2U);
    EXPECT_EQ(projectors[0].name, "small");
    EXPECT_EQ(projectors[1].name, "clip");
  }
}

TEST(Plan, ScoresUnderAttackAreNodesOfTheirOwn) {
  const auto [plan, problems] =
      check_good_with("[matrix]\ntested = ['none', 'fgsm']\n[evaluate]\nattack = '{tested}'\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->trainings.size(), 12U);
  EXPECT_EQ(plan->scores.size(), 48U);
  EXPECT_FALSE(plan->scores[plan->rows[0].score].attack);
}

TEST(Notes, TellOfAValueThatNobodyUses) {
  EXPECT_EQ(check_good_with("[values]\nepoch = 3").text(),
            "study.toml:3:1: note: value 'epoch' is not used; '{epoch}' stands for it\n");
}

TEST(Notes, TellOfAnAttackWithoutStrength) {
  EXPECT_EQ(check_good_with("[attack.fgsm]\nepsilon = 0\n").text(),
            "study.toml:3:11: note: 'epsilon' is 0: the attack moves nothing\n");
}

TEST(Notes, TellOfAGateThatIsThereTwice) {
  const auto checked = check_good_with(
      "[[require]]\nthat = \"auc(attack='none', train='pythia') > 0.8\"\n"
      "[[require]]\nthat = \"auc( attack=none, train=pythia ) > 0.80\"\n");
  EXPECT_EQ(checked.text(), "study.toml:5:8: note: this gate is there already: study.toml:3:8\n");
  EXPECT_EQ(checked.plan->requirements.size(), 2U);
}

TEST(Notes, NameHeadingsThatNobodyUses) {
  const auto [plan, problems] =
      check_good_with("[attack.weak]\nuse = 'fgsm'\n[metric.auc]\n[model.other]\nuse = 'dense'\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(printed(problems),
            "study.toml:2:9: note: [attack.weak] is not used by any point\n"
            "study.toml:5:8: note: [model.other] is not used by any point\n");
}

TEST(Notes, OfPluginsStandAtTheirHeadingOnce) {
  const auto [plan, problems] = check_good_with("[attack.pgd]\nalpha = 0.5\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(
      printed(problems),
      "study.toml:2:9: note: attack 'pgd': alpha is greater than epsilon: every step is cut off\n");
}

TEST(Plan, NothingIsPlannedOnHalfADocument) {
  std::vector<Problem> problems;
  const auto document = parse_document("[pipeline\n", "study.toml", {}, problems);
  EXPECT_FALSE(make_plan(document, catalogue(), problems));
  EXPECT_EQ(problems.size(), 1U);
}

}  // namespace
}  // namespace steppe::pipeline::testing
