// Every attack in the catalogue, on what it declares about itself: strength, ball, and what it may
// move.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "any_attack.hpp"

namespace steppe {
namespace {

using testing::same_bits;
using testing::values_of;

/// Another one each time, printed; STEPPE_TEST_SEED brings one back.
unsigned seed_of_this_run() {
  static const unsigned seed = [] {
    const char* given = std::getenv("STEPPE_TEST_SEED");
    const auto out =
        given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
    std::printf("strengths are drawn with STEPPE_TEST_SEED=%u\n", out);
    return out;
  }();
  return seed;
}

/// From 0.0001 to 1, every power of ten as often.
std::vector<double> random_strengths(std::size_t count) {
  std::mt19937 random{seed_of_this_run()};
  std::uniform_real_distribution<double> exponent{-4, 0};
  std::vector<double> out;
  while (out.size() < count) out.push_back(std::pow(10.0, exponent(random)));
  return out;
}

class AttackInItsBall : public AnyAttack {
 protected:
  /// How many values an attack of this strength moves.
  std::size_t moved(double strength) {
    const auto after = attack(strength);
    std::size_t out = 0;
    for (std::size_t i = 0; i < after.size(); ++i) out += after[i] != before_[i];
    return out;
  }
  /// Values that may move: of flat weights without the padding.
  std::size_t size() const { return moves_weights() ? point().size() : before_.size(); }
};

class AnyEventAttack : public AnyAttack {};
class AnyWeightAttack : public AnyAttack {};

TEST_P(AnyAttack, IsTheIdentityAtStrengthZeroBitForBit) { EXPECT_EQ(fault_at_strength_zero(), ""); }

TEST_P(AttackInItsBall, MovesSomethingAndStaysInside) {
  EXPECT_EQ(fault_of_ball(0.125), "");
  EXPECT_GT(moved(0.125), size() / 4);
}

TEST_P(AttackInItsBall, StaysInsideForAnyStrength) {
  for (const double strength : random_strengths(3))
    EXPECT_EQ(fault_of_ball(strength), "")
        << "STEPPE_TEST_SEED=" << seed_of_this_run() << ", strength " << strength;
}

TEST_P(AnyAttack, StaysFiniteWhereTheGradientIsZero) { EXPECT_EQ(fault_on_flat_ground(0.1), ""); }

TEST_P(AnyAttack, GivesTheSameTwice) { EXPECT_EQ(fault_of_repetition(0.1), ""); }

TEST_P(AnyAttack, LeavesAllButItsPointAlone) { EXPECT_EQ(fault_of_the_rest(0.1), ""); }

TEST_P(AnyAttack, KeepsHeldEntriesBitForBit) { EXPECT_EQ(fault_of_held(0.1), ""); }

TEST_P(AnyWeightAttack, MovesWhatIsNotHeld) {
  const auto after = attack(0.1, "hold = [\"*.bias\", \"batch_norm_*\"]");
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) moved += after[i] != before_[i];
  EXPECT_GT(moved, point().size() / 4);
}

TEST_P(AnyEventAttack, MovesNothingWhenAskedForNoEvents) {
  EXPECT_TRUE(same_bits(attack(0.1, "", 0), before_));
}

TEST_P(AnyEventAttack, MovesASingleEvent) {
  const auto after = attack(0.1, "", 1);
  const auto columns = bench_->data->features().columns;
  EXPECT_FALSE(
      std::equal(after.begin(), after.begin() + static_cast<long>(columns), before_.begin()));
  EXPECT_TRUE(std::equal(after.begin() + static_cast<long>(columns), after.end(),
                         before_.begin() + static_cast<long>(columns)));
}

/// A small network on a reader of test_readers.cpp, attacked a little.
pipeline::Plan plan_on(const std::string& reader, const AttackCase& one, const char* strength) {
  return testing::plan_of("[pipeline]\nname = 'it'\n[model.net]\nuse = 'dense'\nhidden = [8]\n" +
                          ("[attack." + one.attack + "]\n" + strength + " = 0.01\n") +
                          one.settings +
                          "[trainer.fit]\nuse = 'supervised'\nmodel = 'net'\noptimizer = 'sgd'\n" +
                          "data = '" + reader + "'\nattack = '" + one.attack + "'\n");
}

TEST_P(AnyAttack, ClimbsTheLossOfEveryTarget) {
  for (const auto* reader : {"test_blobs", "test_plane"}) {
    auto plan = plan_on(reader, GetParam(), table().strength);
    const auto mean_loss = [&] {
      const auto losses = bench_->losses();
      const auto weights = values_of(*bench_->queue, bench_->batch.weights());
      double sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += double{losses[r]} * double{weights[r]};
      return sum;
    };
    prepare(std::move(plan), rows);
    const double clean = mean_loss();
    move(*make_attacker(), rows);
    EXPECT_FALSE(same_bits(values(), before_)) << reader;
    const double attacked = mean_loss();
    EXPECT_TRUE(std::isfinite(attacked)) << reader;
    if (table().uses & STEPPE_USES_GRADIENT) {
      EXPECT_GT(attacked, clean) << reader;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyAttack, ::testing::ValuesIn(attack_cases()), name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, AttackInItsBall,
                         ::testing::ValuesIn(attack_cases_if([](const steppe_attack& table) {
                           return *table.ball_radius != 0;
                         })),
                         name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, AnyEventAttack,
                         ::testing::ValuesIn(attack_cases_if(is_for_events)), name_of_attack);
INSTANTIATE_TEST_SUITE_P(Catalogue, AnyWeightAttack,
                         ::testing::ValuesIn(attack_cases_if(is_for_weights)), name_of_attack);

}  // namespace
}  // namespace steppe
