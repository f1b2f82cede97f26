// FGSM on logistic regression has a closed form: the worst point of the box moves every logit by
// epsilon * ||w||_1 against its label.
#include "framework/run/objective/attacker.hpp"

#include <steppe/random.hpp>

#include <cmath>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::Bench;
using testing::values_of;

constexpr auto logistic = "\n[attack.fgsm]\nepsilon = \"{epsilon}\"\n";
const std::vector<std::string> no_layers{"model.tagger.hidden=[]", "model.tagger.preprocess=[]",
                                         "values.attack=fgsm"};

class Fgsm : public ::testing::TestWithParam<const char*> {};

double norm1(const std::vector<float>& weights) {
  double sum = 0;
  for (const float w : weights) sum += std::abs(w);
  return sum;
}

TEST_P(Fgsm, IsTheExactWorstCaseOfALogisticModel) {
  const auto plan = testing::tiny_plan(logistic, no_layers);
  Bench bench{plan, GetParam(), 50};
  const auto weights = values_of(*bench.queue, bench.at.weights.segment(0));
  const auto labels = values_of(*bench.queue, bench.batch.labels());
  const auto before = bench.logits();

  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, 50, {});
  const auto after = bench.logits();

  const double shift = 0.05 * norm1(weights);
  for (std::size_t r = 0; r < labels.size(); ++r)
    EXPECT_NEAR(after[r], before[r] + (labels[r] == 1.0F ? -shift : shift), 2e-5 * (1 + shift));
}

TEST_P(Fgsm, IsNotBeatenByAnyOfAThousandRandomPointsOfTheBox) {
  const auto plan = testing::tiny_plan(logistic, no_layers);
  Bench bench{plan, GetParam(), 20};
  const auto clean = bench.features();
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, 20, {});
  const auto worst = bench.losses();

  Stream random{99};
  for (int trial = 0; trial < 1000; ++trial) {
    {
      const compute::Mapped view{*bench.queue, bench.batch.features()};
      for (std::size_t r = 0; r < view->rows; ++r)
        for (std::size_t c = 0; c < view->columns; ++c)
          view->row(r)[c] = clean[r * view->columns + c] + 0.05F * (2.0F * random.uniform() - 1.0F);
    }
    const auto losses = bench.losses();
    for (std::size_t r = 0; r < losses.size(); ++r) ASSERT_LE(losses[r], worst[r] * 1.00001F);
  }
}

TEST_P(Fgsm, WithEpsilonZeroIsTheIdentityBitForBit) {
  const auto plan = testing::tiny_plan(logistic, {"values.attack=fgsm", "values.epsilon=0.0"});
  Bench bench{plan, GetParam(), 64};
  const auto before = bench.features();
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, 64, {});
  EXPECT_TRUE(testing::same_bits(before, bench.features()));
}

TEST_P(Fgsm, InTheSpaceOfTheWeightsMovesEachWeightByEpsilonUphill) {
  const auto plan = testing::tiny_plan("\n[attack.fgsm]\nepsilon = 0.001\nspace = \"weights\"\n",
                                       {"values.attack=fgsm"});
  Bench bench{plan, GetParam(), 64};
  const auto before = values_of(*bench.queue, bench.at.weights);
  const auto losses = bench.losses();
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_weights(bench.loss, bench.at, bench.batch, {});
  const auto after = values_of(*bench.queue, bench.at.weights);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_LE(std::abs(after[i] - before[i]), 0.001F * 1.0001F + 1e-7F);
    moved += after[i] != before[i];
  }
  EXPECT_GT(moved, bench.network.weights()->values() * 9 / 10);
  const auto raised = bench.losses();
  double change = 0;
  for (std::size_t r = 0; r < losses.size(); ++r) change += raised[r] - losses[r];
  EXPECT_GT(change, 0);
}

INSTANTIATE_TEST_SUITE_P(Devices, Fgsm, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe
