// Every attack in the catalogue, on every device, held to what it declares about itself.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <ostream>

#include "framework/run/attacker.hpp"
#include "tiny_study.hpp"

namespace steppe {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;

constexpr std::size_t rows = 40;

struct Case {
  std::string attack, device;
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.attack << " on " << one.device; }

std::vector<Case> cases() {
  std::vector<Case> out;
  for (const auto& name : testing::catalogue().names("attack"))
    for (const auto* device : {"cpu", "far"}) out.push_back({name, device});
  return out;
}

class AnyAttack : public ::testing::TestWithParam<Case> {
 protected:
  const steppe_attack& table() const {
    return *static_cast<const steppe_attack*>(
        testing::catalogue().find("attack", GetParam().attack)->table->table);
  }

  /// Attacks a batch with the strength and wiring given. @returns the features afterwards.
  std::vector<float> attack(double strength, const std::string& wiring = "",
                            std::size_t count = rows) {
    const auto plan = tiny_plan("\n[attack." + GetParam().attack + "]\n" + table().strength +
                                    " = " + std::to_string(strength) + "\n" + wiring,
                                {"values.attack=" + GetParam().attack});
    bench_ = std::make_unique<Bench>(plan, GetParam().device, rows);
    before_ = bench_->features();
    weights_before_ = testing::values_of(*bench_->queue, bench_->at.weights);
    buffers_before_ = testing::values_of(*bench_->queue, bench_->at.buffers);
    plugin::Surroundings surroundings;
    surroundings.queue = bench_->queue.get();
    surroundings.seed = 5;
    run::Attacker attacker{plan.trainings[0].attacks[0], *bench_->data, bench_->network, rows,
                           surroundings};
    attacker.move_events(bench_->loss, bench_->at, bench_->batch, count, {});
    return bench_->features();
  }

  std::unique_ptr<Bench> bench_;
  std::vector<float> before_, weights_before_, buffers_before_;
};

TEST_P(AnyAttack, IsTheIdentityAtStrengthZeroBitForBit) {
  EXPECT_TRUE(same_bits(attack(0.0), before_));
}

TEST_P(AnyAttack, MovesSomethingAndStaysInItsBall) {
  const float radius = 0.125F;
  const auto after = attack(radius);
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const float reach = std::max(std::abs(before_[i]), std::abs(after[i]));
    const float ulp = std::nextafter(reach + radius, INFINITY) - (reach + radius);
    if (*table().ball_radius) {
      ASSERT_LE(std::abs(after[i] - before_[i]), radius + ulp);
    }
    moved += after[i] != before_[i];
  }
  EXPECT_GT(moved, after.size() / 4);
}

TEST_P(AnyAttack, GivesTheSameTwice) {
  const auto first = attack(0.1);
  EXPECT_TRUE(same_bits(first, attack(0.1)));
}

TEST_P(AnyAttack, LeavesWeightsAndStatisticsAlone) {
  attack(0.1);
  EXPECT_TRUE(same_bits(testing::values_of(*bench_->queue, bench_->at.weights), weights_before_));
  EXPECT_TRUE(same_bits(testing::values_of(*bench_->queue, bench_->at.buffers), buffers_before_));
}

TEST_P(AnyAttack, KeepsHeldEntriesBitForBit) {
  const auto after = attack(0.1, "hold = [\"*.charge\", \"padding\"]");
  const auto columns = bench_->data->features().columns;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) {
      const auto& name = bench_->data->columns().items[bench_->data->feature_columns()[c]].name;
      const int mask = bench_->data->mask_of()[c];
      const bool held = name.ends_with(".charge") ||
                        (mask >= 0 && bench_->data->masks().row(r)[mask] == 0.0F);
      if (held) {
        ASSERT_EQ(std::memcmp(&after[r * columns + c], &before_[r * columns + c], sizeof(float)), 0)
            << name;
      }
    }
}

TEST_P(AnyAttack, MovesASingleEvent) {
  const auto after = attack(0.1, "", 1);
  const auto columns = bench_->data->features().columns;
  EXPECT_FALSE(std::equal(after.begin(), after.begin() + static_cast<long>(columns),
                          before_.begin()));
  EXPECT_TRUE(std::equal(after.begin() + static_cast<long>(columns), after.end(),
                         before_.begin() + static_cast<long>(columns)));
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyAttack, ::testing::ValuesIn(cases()), [](const auto& one) {
  return one.param.attack + "_" + one.param.device;
});

}  // namespace
}  // namespace steppe
