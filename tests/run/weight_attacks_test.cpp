// SAM and SSAM-D in trainings: limits that are each other bit for bit, weights that come back, and
// a mask that survives a resume.
#include "framework/run/objective/attacker.hpp"
#include "framework/run/train/training.hpp"

#include <cmath>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

constexpr std::size_t rows = 48;

std::vector<float> trained(const std::string& device, const std::string& attack = "none",
                           const std::string& settings = "", std::vector<std::string> sets = {}) {
  sets.push_back("values.attack=" + attack);
  const auto heading = attack == "none" ? "" : "\n[attack." + attack + "]\n" + settings;
  const auto plan = tiny_plan(heading, sets);
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  const auto out = train(plan.trainings.front(), *testing::load_first(plan), {},
                         compute::open_device(device), surroundings);
  return values_of(*out.device->queue(), out.at.weights);
}

class WeightAttacksOn : public ::testing::TestWithParam<const char*> {};

TEST_P(WeightAttacksOn, SamOfRhoZeroIsCleanTrainingBitForBit) {
  EXPECT_TRUE(same_bits(trained(GetParam(), "sam", "rho = 0.0\n"), trained(GetParam())));
}

TEST_P(WeightAttacksOn, SsamDOfSparsityZeroIsSamBitForBit) {
  const auto sam = trained(GetParam(), "sam", "rho = 0.1\n");
  EXPECT_TRUE(same_bits(
      trained(GetParam(), "ssam_d", "rho = 0.1\nsparsity = 0.0\nupdate_every = 1\n"), sam));
  EXPECT_FALSE(same_bits(trained(GetParam(), "ssam_d", "rho = 0.1\nsparsity = 0.5\n"), sam));
  EXPECT_FALSE(same_bits(trained(GetParam()), sam));
}

TEST_P(WeightAttacksOn, WeightsComeBackBitForBitAtLearningRateZero) {
  const std::vector<std::string> frozen{"optimizer.adamw.learning_rate=0",
                                        "optimizer.adamw.weight_decay=0"};
  const auto untouched = trained(GetParam(), "none", "", frozen);
  for (const std::string attack : {"sam", "ssam_d"})
    EXPECT_TRUE(same_bits(trained(GetParam(), attack, "rho = 0.75\n", frozen), untouched))
        << attack;
  const auto signs = "rho = 0.01\nascent = \"sign\"\n";
  EXPECT_TRUE(same_bits(trained(GetParam(), "sam", signs, frozen), untouched));
  const auto climb = "epsilon = 0.1\nnorm = \"l2\"\nspace = \"weights\"\n";
  EXPECT_TRUE(same_bits(trained(GetParam(), "pgd", climb, frozen), untouched));
}

/// An attack on the weights of one network, step by step; the weights go back after each.
class Steps {
 public:
  Steps(const std::string& device, const std::string& attack, const std::string& settings)
      : plan_{tiny_plan("\n[attack." + attack + "]\n" + settings, {"values.attack=" + attack})},
        bench_{plan_, device, rows},
        clean_{values_of(*bench_.queue, bench_.at.weights)},
        before_{bench_.device->flat(bench_.network.weights())} {
    bench_.queue->copy(bench_.at.weights, before_);
    surroundings_.queue = bench_.queue.get();
    surroundings_.seed = 9;
    attacker_ = make_attacker();
  }

  /// @returns how far each value was moved, padding included.
  std::vector<float> shift(std::uint64_t epoch, std::uint64_t batch) {
    const steppe_moment moment{sizeof(steppe_moment), epoch, 250, epoch * 10 + batch, batch};
    attacker_->move_weights(bench_.loss, bench_.at, bench_.batch, moment);
    auto out = values_of(*bench_.queue, bench_.at.weights);
    bench_.queue->copy(before_, bench_.at.weights);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] -= clean_[i];
    return out;
  }
  /// Another attacker that knows what this one saves.
  void resume() {
    auto saved = attacker_->save();
    attacker_ = make_attacker();
    attacker_->restore(std::move(saved));
  }
  Attacker& attacker() { return *attacker_; }

 private:
  std::unique_ptr<Attacker> make_attacker() {
    return std::make_unique<Attacker>(plan_.trainings[0].attacks[0], *bench_.data, bench_.network,
                                      rows, surroundings_, std::vector<float>{});
  }

  pipeline::Plan plan_;
  Bench bench_;
  std::vector<float> clean_;
  compute::Tensor before_;
  plugin::Surroundings surroundings_;
  std::unique_ptr<Attacker> attacker_;
};

double length(const std::vector<float>& shift) {
  double square = 0;
  for (const float x : shift) square += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(square);
}

TEST_P(WeightAttacksOn, SamMovesAllWeightsTogetherByRho) {
  EXPECT_NEAR(length(Steps{GetParam(), "sam", "rho = 0.75\n"}.shift(0, 0)), 0.75, 1e-4);
}

TEST_P(WeightAttacksOn, SsamDMovesThePartOfSamsStepThatItsMaskLeaves) {
  const auto sam = Steps{GetParam(), "sam", "rho = 0.75\n"}.shift(0, 1);
  const auto sparse = Steps{GetParam(), "ssam_d", "rho = 0.75\n"}.shift(0, 1);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < sam.size(); ++i) {
    if (sparse[i] == 0.0F) continue;
    ASSERT_EQ(sparse[i], sam[i]);
    ++moved;
  }
  EXPECT_GT(moved, 20'000U);
  EXPECT_LE(moved, 44'000U);
  EXPECT_LT(length(sparse), 0.75);
}

TEST_P(WeightAttacksOn, SsamDChangesItsMaskAtTheFirstBatchOfEveryFifthEpochAfterTheStep) {
  Steps steps{GetParam(), "ssam_d", "rho = 0.5\n"};
  const auto first = steps.shift(0, 1);
  EXPECT_TRUE(same_bits(steps.shift(4, 0), first));  // no exchange so far
  EXPECT_TRUE(same_bits(steps.shift(5, 0), first));  // exchanges, but only after its step
  EXPECT_FALSE(same_bits(steps.shift(5, 1), first));
}

TEST_P(WeightAttacksOn, SsamDOfTheTextExchangesAtEveryBatchOfTheEpochBeforeItsStep) {
  const std::string text =
      "rho = 0.001\nascent = \"sign\"\ndecay = \"none\"\nupdate_batches = \"all\"\n"
      "update = \"before\"\n";
  Steps steps{GetParam(), "ssam_d", text};
  const auto before = steps.shift(4, 1);
  const auto first = steps.shift(5, 0), second = steps.shift(5, 1);
  EXPECT_FALSE(same_bits(first, before));
  EXPECT_FALSE(same_bits(second, first));
  EXPECT_TRUE(same_bits(steps.shift(6, 0), second));
  for (const float x : second) ASSERT_NEAR(std::abs(x), x == 0.0F ? 0.0 : 0.001, 1e-6);
}

TEST_P(WeightAttacksOn, SsamDResumedIsTheSameAsUninterrupted) {
  Steps whole{GetParam(), "ssam_d", "rho = 0.5\n"}, stopped{GetParam(), "ssam_d", "rho = 0.5\n"};
  for (std::uint64_t epoch = 0; epoch < 12; ++epoch) {
    if (epoch % 3 == 2) stopped.resume();
    for (std::uint64_t batch = 0; batch < 2; ++batch)
      ASSERT_TRUE(same_bits(whole.shift(epoch, batch), stopped.shift(epoch, batch))) << epoch;
  }
  EXPECT_EQ(whole.attacker().save(), stopped.attacker().save());
  EXPECT_EQ(whole.attacker().save().size(), 88'001U);
}

TEST_P(WeightAttacksOn, RefusesAStateOfAnotherNetwork) {
  Steps steps{GetParam(), "ssam_d", "rho = 0.5\n"};
  steps.attacker().restore(std::vector<std::byte>(7));
  try {
    steps.shift(0, 0);
    FAIL() << "accepted";
  } catch (const plugin::PluginError& error) {
    EXPECT_STREQ(error.what(), "attack 'ssam_d': saved state has 7 bytes instead of 88001");
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, WeightAttacksOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(SsamD, SaysWhyItDoesNotMoveEvents) {
  try {
    trained("cpu", "ssam_d", "space = \"inputs\"\n");
    FAIL() << "accepted";
  } catch (const plugin::PluginError& error) {
    EXPECT_NE(std::string{error.what()}.find("set space = \"weights\""), std::string::npos);
  }
}

TEST(Sam, OnEventsMovesEachByRho) {
  const auto plan =
      tiny_plan("\n[attack.sam]\nrho = 0.5\nspace = \"inputs\"\n", {"values.attack=sam"});
  Bench bench{plan, "cpu", rows};
  const auto before = bench.features();
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, rows, {});
  auto shift = bench.features();
  for (std::size_t i = 0; i < shift.size(); ++i) shift[i] -= before[i];
  const auto columns = static_cast<std::ptrdiff_t>(shift.size() / rows);
  for (std::ptrdiff_t r = 0; r < static_cast<std::ptrdiff_t>(rows); ++r)
    EXPECT_NEAR(length({shift.begin() + r * columns, shift.begin() + (r + 1) * columns}), 0.5,
                1e-4);
}

}  // namespace
}  // namespace steppe::run
