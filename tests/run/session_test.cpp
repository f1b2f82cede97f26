// Trainings through the real trainer, optimizer and attack plugins.
#include "framework/run/train/training.hpp"

#include <cmath>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

TrainedNetwork train_first(const pipeline::Plan& plan, const std::string& device) {
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  return train(plan.trainings.front(), *testing::load_first(plan), {}, compute::open_device(device),
               surroundings);
}

std::vector<float> weights_of(const TrainedNetwork& trained) {
  return values_of(*trained.device->queue(), trained.at.weights);
}

class SessionOn : public ::testing::TestWithParam<const char*> {};

TEST_P(SessionOn, TrainingLowersTheLoss) {
  const auto trained =
      train_first(tiny_plan("", {"trainer.fit.epochs=6", "values.jets=400"}), GetParam());
  const auto& history = trained.history;
  ASSERT_EQ(history.epochs.size(), 6U);
  EXPECT_EQ(history.names, (std::vector<std::string>{"loss", "validation_loss"}));
  EXPECT_LT(history.epochs.back()[0], 0.8 * history.epochs.front()[0]);
}

TEST_P(SessionOn, AnAttackOfStrengthZeroIsCleanTrainingBitForBit) {
  const auto clean = train_first(tiny_plan(), GetParam());
  const auto attacked = train_first(
      tiny_plan("\n[attack.fgsm]\nepsilon = 0.0\n", {"values.attack=fgsm"}), GetParam());
  EXPECT_TRUE(same_bits(weights_of(clean), weights_of(attacked)));
}

TEST_P(SessionOn, AWeightAttackOfStrengthZeroIsCleanTrainingBitForBit) {
  const auto clean = train_first(tiny_plan(), GetParam());
  const auto attacked = train_first(
      tiny_plan("\n[attack.fgsm]\nepsilon = 0.0\nspace = \"weights\"\n", {"values.attack=fgsm"}),
      GetParam());
  EXPECT_TRUE(same_bits(weights_of(clean), weights_of(attacked)));
}

TEST_P(SessionOn, AnAttackedFractionOfZeroIsCleanTraining) {
  const auto clean = train_first(tiny_plan(), GetParam());
  const auto attacked = train_first(
      tiny_plan("", {"values.attack=fgsm", "trainer.fit.adversarial_fraction=0"}), GetParam());
  EXPECT_TRUE(same_bits(weights_of(clean), weights_of(attacked)));
}

TEST_P(SessionOn, WeightAttackChangesTheTrainingAndEndsFinite) {
  const auto clean = train_first(tiny_plan(), GetParam());
  const auto sharpness_aware = train_first(
      tiny_plan("\n[attack.fgsm]\nepsilon = 0.002\nspace = \"weights\"\n", {"values.attack=fgsm"}),
      GetParam());
  EXPECT_FALSE(same_bits(weights_of(clean), weights_of(sharpness_aware)));
  for (const float w : weights_of(sharpness_aware)) ASSERT_TRUE(std::isfinite(w));
}

TEST_P(SessionOn, ADivergingTrainingIsToldWithItsStep) {
  try {
    train_first(tiny_plan("", {"optimizer.adamw.learning_rate=1e38",
                               "model.tagger.batch_norm=false", "model.tagger.activation=relu"}),
                GetParam());
    FAIL() << "went on";
  } catch (const std::exception& error) {
    EXPECT_NE(std::string{error.what()}.find("try a lower learning rate"), std::string::npos)
        << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, SessionOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(Session, ListsOfAttacksRunInOrder) {
  const auto plan = tiny_plan(
      "\n[attack.noise]\nepsilon = 0.01\n[attack.up]\nuse = \"fgsm\"\nepsilon = 0.001\n"
      "space = \"weights\"\n",
      {"trainer.fit.attack=[\"noise\", \"up\"]"});
  ASSERT_EQ(plan.trainings.front().attacks.size(), 2U);
  const auto trained = train_first(plan, "cpu");
  EXPECT_FALSE(same_bits(weights_of(trained), weights_of(train_first(tiny_plan(), "cpu"))));
}

TEST(Session, TrialsStartElsewhereAndAttacksOfOneTrialStartTogether) {
  // No step is taken at learning rate 0, so the weights that come out are those that went in.
  const auto frozen = [](const std::string& attack, const std::string& trial) {
    return weights_of(
        train_first(tiny_plan("\n[matrix]\ntrial = [" + trial + "]\n",
                              {"optimizer.adamw.learning_rate=0", "optimizer.adamw.weight_decay=0",
                               "values.attack=" + attack}),
                    "cpu"));
  };
  EXPECT_TRUE(same_bits(frozen("none", "0"), frozen("fgsm", "0")));
  EXPECT_FALSE(same_bits(frozen("none", "0"), frozen("none", "1")));
}

}  // namespace
}  // namespace steppe::run
