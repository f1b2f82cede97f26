// Every attack in the catalogue, in the space it is meant for, on every device, held to what it
// declares about itself.
#include "framework/run/attacker.hpp"

#include <cmath>
#include <cstring>
#include <ostream>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

constexpr std::size_t rows = 40;

/// An attack with settings that change what it declares, or with none.
struct Case {
  std::string attack, variant, settings, device;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.attack << one.variant << " on " << one.device;
}

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const auto* device : {"cpu", "far"}) {
    for (const auto& name : testing::catalogue().names("attack"))
      out.push_back({name, "", "", device});
    out.push_back({"pgd", "_l2", "norm = \"l2\"\n", device});
    out.push_back({"pgd", "_best_of_random", "start = \"random\"\nkeep = \"best\"\n", device});
    out.push_back({"sam", "_sign", "ascent = \"sign\"\n", device});
  }
  return out;
}

const steppe_attack& table_of(const std::string& attack) {
  return *static_cast<const steppe_attack*>(
      testing::catalogue().find("attack", attack)->table->table);
}

/// Those that are meant for one space.
std::vector<Case> cases_in(steppe_space space) {
  auto out = cases();
  std::erase_if(out, [&](const Case& one) { return table_of(one.attack).default_space != space; });
  return out;
}

std::string name_of(const ::testing::TestParamInfo<Case>& one) {
  return one.param.attack + one.param.variant + "_" + one.param.device;
}

class AnyAttack : public ::testing::TestWithParam<Case> {
 protected:
  const steppe_attack& table() const { return table_of(GetParam().attack); }
  bool moves_weights() const { return table().default_space == STEPPE_WEIGHTS; }
  compute::Tensor point() const {
    return moves_weights() ? bench_->at.weights : bench_->batch.features();
  }

  /// Attacks a batch, or the weights, with the strength and wiring given. @returns the point
  /// afterwards.
  std::vector<float> attack(double strength, const std::string& wiring = "",
                            std::size_t count = rows) {
    const auto plan =
        tiny_plan("\n[attack." + GetParam().attack + "]\n" + table().strength + " = " +
                      std::to_string(strength) + "\n" + GetParam().settings + wiring,
                  {"values.attack=" + GetParam().attack});
    return attack_in(plan, count);
  }
  std::vector<float> attack_in(const pipeline::Plan& plan, std::size_t count) {
    const auto& stage = plan.trainings[0].attacks[0];
    const plugin::Instance instance{*stage.info, stage.settings, stage.name};
    ball_ = table().ball(instance.get());
    bench_ = std::make_unique<Bench>(plan, GetParam().device, rows);
    auto& queue = *bench_->queue;
    before_ = values_of(queue, point());
    features_before_ = bench_->features();
    weights_before_ = values_of(queue, bench_->at.weights);
    buffers_before_ = values_of(queue, bench_->at.buffers);
    plugin::Surroundings surroundings;
    surroundings.queue = &queue;
    surroundings.seed = 5;
    run::Attacker attacker{stage, *bench_->data, bench_->network, rows, surroundings};
    EXPECT_EQ(attacker.moves_weights(), moves_weights());
    if (moves_weights())
      attacker.move_weights(bench_->loss, bench_->at, bench_->batch, {});
    else
      attacker.move_events(bench_->loss, bench_->at, bench_->batch, count, {});
    return values_of(queue, point());
  }

  /// Values that may move: of flat weights without the padding.
  std::size_t size() const { return moves_weights() ? point().size() : before_.size(); }

  std::unique_ptr<Bench> bench_;
  steppe_ball ball_ = STEPPE_NO_BALL;
  std::vector<float> before_, features_before_, weights_before_, buffers_before_;
};

class AnyEventAttack : public AnyAttack {};
class AnyWeightAttack : public AnyAttack {};

TEST_P(AnyAttack, IsTheIdentityAtStrengthZeroBitForBit) {
  EXPECT_TRUE(same_bits(attack(0.0), before_));
}

TEST_P(AnyAttack, MovesSomethingAndStaysInItsBall) {
  const float radius = 0.125F;
  const auto after = attack(radius);
  const auto columns = point().columns;
  std::size_t moved = 0;
  for (std::size_t r = 0; r < point().rows; ++r) {
    double square = 0, rounding = 0;
    for (std::size_t i = r * columns; i < (r + 1) * columns; ++i) {
      const float reach = std::max(std::abs(before_[i]), std::abs(after[i]));
      const float ulp = std::nextafter(reach + radius, INFINITY) - (reach + radius);
      const float away = after[i] - before_[i];
      if (*table().ball_radius && ball_ == STEPPE_MAX_NORM) {
        ASSERT_LE(std::abs(away), radius + ulp);
      }
      square += static_cast<double>(away) * static_cast<double>(away);
      rounding += static_cast<double>(ulp) * static_cast<double>(ulp);
      moved += after[i] != before_[i];
    }
    if (*table().ball_radius && ball_ == STEPPE_L2_NORM) {
      // Rounding of the values, and of the length in single precision.
      ASSERT_LE(std::sqrt(square), static_cast<double>(radius) * (1 + 1e-6) + std::sqrt(rounding));
    }
  }
  EXPECT_GT(moved, size() / 4);
}

TEST_P(AnyAttack, GivesTheSameTwice) {
  const auto first = attack(0.1);
  EXPECT_TRUE(same_bits(first, attack(0.1)));
}

TEST_P(AnyAttack, LeavesAllButItsPointAlone) {
  attack(0.1);
  auto& queue = *bench_->queue;
  EXPECT_EQ(same_bits(values_of(queue, bench_->at.weights), weights_before_), !moves_weights());
  EXPECT_EQ(same_bits(bench_->features(), features_before_), moves_weights());
  EXPECT_TRUE(same_bits(values_of(queue, bench_->at.buffers), buffers_before_));
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
  EXPECT_GT(moved, size() / 4);
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
pipeline::Plan plan_on(const std::string& reader, const Case& one, const char* strength) {
  return testing::plan_of("[pipeline]\nname = 'it'\n[model.net]\nuse = 'dense'\nhidden = [8]\n" +
                          ("[attack." + one.attack + "]\n" + strength + " = 0.01\n") +
                          one.settings +
                          "[trainer.fit]\nuse = 'supervised'\nmodel = 'net'\noptimizer = 'sgd'\n" +
                          "data = '" + reader + "'\nattack = '" + one.attack + "'\n");
}

TEST_P(AnyAttack, ClimbsTheLossOfEveryTarget) {
  for (const auto* reader : {"test_blobs", "test_plane"}) {
    const auto plan = plan_on(reader, GetParam(), table().strength);
    const auto mean_loss = [&] {
      const auto losses = bench_->losses();
      const auto weights = values_of(*bench_->queue, bench_->batch.weights());
      double sum = 0;
      for (std::size_t r = 0; r < rows; ++r) sum += double{losses[r]} * double{weights[r]};
      return sum;
    };
    bench_ = std::make_unique<Bench>(plan, GetParam().device, rows);
    const double clean = mean_loss();
    const auto after = attack_in(plan, rows);
    EXPECT_FALSE(same_bits(after, before_)) << reader;
    const double attacked = mean_loss();
    EXPECT_TRUE(std::isfinite(attacked)) << reader;
    if (table().uses & STEPPE_USES_GRADIENT) {
      EXPECT_GT(attacked, clean) << reader;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyAttack, ::testing::ValuesIn(cases()), name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, AnyEventAttack, ::testing::ValuesIn(cases_in(STEPPE_INPUTS)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Catalogue, AnyWeightAttack, ::testing::ValuesIn(cases_in(STEPPE_WEIGHTS)),
                         name_of);

}  // namespace
}  // namespace steppe
