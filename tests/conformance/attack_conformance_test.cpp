// Every attack in the catalogue, on what it declares about itself: strength, ball, and what it may
// move.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
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
  /// Every row of the point is within the ball it declares. @returns how many values moved.
  std::size_t expect_in_ball(const std::vector<float>& after, double strength) {
    const auto radius = static_cast<float>(strength);
    const auto columns = point().columns;
    std::size_t moved = 0;
    for (std::size_t r = 0; r < point().rows; ++r) {
      double square = 0, rounding = 0;
      for (std::size_t i = r * columns; i < (r + 1) * columns; ++i) {
        const float reach = std::max(std::abs(before_[i]), std::abs(after[i]));
        const float ulp = std::nextafter(reach + radius, INFINITY) - (reach + radius);
        const float away = after[i] - before_[i];
        if (ball_ == STEPPE_MAX_NORM) {
          EXPECT_LE(std::abs(away), radius + ulp);
        }
        square += static_cast<double>(away) * static_cast<double>(away);
        rounding += static_cast<double>(ulp) * static_cast<double>(ulp);
        moved += after[i] != before_[i];
      }
      if (ball_ == STEPPE_L2_NORM) {
        // Rounding of the values, and of the length in single precision.
        EXPECT_LE(std::sqrt(square),
                  static_cast<double>(radius) * (1 + 1e-6) + std::sqrt(rounding));
      }
    }
    return moved;
  }
  /// Values that may move: of flat weights without the padding.
  std::size_t size() const { return moves_weights() ? point().size() : before_.size(); }
};

class AnyEventAttack : public AnyAttack {};
class AnyWeightAttack : public AnyAttack {};

TEST_P(AnyAttack, IsTheIdentityAtStrengthZeroBitForBit) {
  EXPECT_TRUE(same_bits(attack(0.0), before_));
}

TEST_P(AttackInItsBall, MovesSomethingAndStaysInside) {
  const auto after = attack(0.125);
  EXPECT_GT(expect_in_ball(after, 0.125), size() / 4);
}

TEST_P(AttackInItsBall, StaysInsideForAnyStrength) {
  for (const double strength : random_strengths(3)) {
    const auto after = attack(strength);
    // The file has six digits of it.
    expect_in_ball(after, std::strtod(std::to_string(strength).c_str(), nullptr));
    EXPECT_FALSE(HasFailure()) << "STEPPE_TEST_SEED=" << seed_of_this_run() << ", strength "
                               << strength;
  }
}

TEST_P(AnyAttack, GivesTheSameTwice) {
  const auto first = attack(0.1);
  EXPECT_TRUE(same_bits(first, attack(0.1)));
}

TEST_P(AnyAttack, LeavesAllButItsPointAlone) {
  for (const std::string statistics : {"batch", "inference"}) {
    prepare(0.1, "batch_norm = \"" + statistics + "\"\n", rows);
    auto& queue = *bench_->queue;
    const auto features = bench_->features();
    const auto weights = values_of(queue, bench_->at.weights);
    const auto buffers = values_of(queue, bench_->at.buffers);
    move(*make_attacker(), rows);
    EXPECT_EQ(same_bits(values_of(queue, bench_->at.weights), weights), !moves_weights());
    EXPECT_EQ(same_bits(bench_->features(), features), moves_weights());
    EXPECT_TRUE(same_bits(values_of(queue, bench_->at.buffers), buffers)) << statistics;
  }
}

TEST_P(AnyEventAttack, KeepsHeldEntriesBitForBit) {
  const auto after = attack(0.1, "hold = [\"*.charge\", \"padding\"]");
  const auto columns = bench_->data->features().columns;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto& name = bench_->data->columns().items[bench_->data->feature_columns()[c]].name;
      const int mask = bench_->data->mask_of()[c];
      const bool held =
          name.ends_with(".charge") || (mask >= 0 && bench_->data->masks().row(r)[mask] == 0.0F);
      if (held) {
        ASSERT_EQ(std::memcmp(&after[r * columns + c], &before_[r * columns + c], sizeof(float)), 0)
            << name;
      }
    }
}

TEST_P(AnyWeightAttack, KeepsHeldEntriesAndPaddingBitForBit) {
  const auto after = attack(0.1, "hold = [\"*.bias\", \"batch_norm_*\"]");
  std::vector<bool> may_move(after.size(), false);
  for (const auto& segment : bench_->network.weights()->segments())
    if (segment.name.ends_with(".weight"))
      std::fill_n(may_move.begin() + static_cast<std::ptrdiff_t>(segment.offset), segment.size(),
                  true);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const bool same = std::memcmp(&after[i], &before_[i], sizeof(float)) == 0;
    ASSERT_TRUE(same || may_move[i]) << i;
    moved += !same;
  }
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
