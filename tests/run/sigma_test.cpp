// Attacks in units of each column's deviation: how far a column moves, and that nothing else does.
#include "framework/data/fit.hpp"
#include "framework/run/objective/attacker.hpp"

#include <cmath>
#include <cstring>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::Bench;
using testing::same_bits;
using testing::tiny_plan;

constexpr std::size_t rows = 40;

class SigmaOn : public ::testing::TestWithParam<const char*> {
 protected:
  std::vector<float> attacked(const std::string& name, const std::string& settings,
                              const std::string& more = "") {
    const auto plan =
        tiny_plan("\n[attack." + name + "]\n" + settings + more, {"values.attack=" + name});
    bench = std::make_unique<Bench>(plan, GetParam(), rows);
    before = bench->features();
    sigma = data::fit_standardisation(*bench->data, bench->training_rows()).deviation;
    auto attacker = testing::attacker_on(*bench, plan);
    attacker.move_events(bench->loss, bench->at, bench->batch, rows, {});
    return bench->features();
  }

  std::unique_ptr<Bench> bench;
  std::vector<float> before, sigma;
};

TEST_P(SigmaOn, FgsmMovesEachColumnByEpsilonDeviations) {
  const auto after = attacked("fgsm", "epsilon = 0.1\nunit = \"sigma\"\n");
  const auto columns = sigma.size();
  std::size_t moved = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i] == before[i]) continue;
    const float step = 0.1F * sigma[i % columns];
    // u = x / sigma is rounded to a part in 2^24, and so is x.
    ASSERT_NEAR(std::abs(after[i] - before[i]), step, 4e-7 * (std::abs(before[i]) + 1));
    ++moved;
  }
  EXPECT_GT(moved, after.size() / 2);
}

TEST_P(SigmaOn, StrengthZeroIsTheIdentityBitForBit) {
  EXPECT_TRUE(same_bits(attacked("fgsm", "epsilon = 0.0\nunit = \"sigma\"\n"), before));
  EXPECT_TRUE(same_bits(attacked("noise", "epsilon = 0.0\nunit = \"sigma\"\n"), before));
}

TEST_P(SigmaOn, PgdStaysInTheBallOfEachColumnAndInItsBox) {
  const auto after = attacked(
      "pgd", "epsilon = 0.2\nalpha = 0.1\nsteps = 4\nunit = \"sigma\"\nproject = \"box\"\n",
      "[projector.box]\ncolumns = [\"*.is_*\", \"*\"]\nlow = [0, -inf]\nhigh = [1, inf]\n");
  const auto columns = sigma.size();
  for (std::size_t i = 0; i < after.size(); ++i) {
    ASSERT_LE(std::abs(after[i] - before[i]),
              0.2F * sigma[i % columns] + 4e-7F * (std::abs(before[i]) + 1));
    const auto& column = bench->data->columns().items[bench->data->feature_columns()[i % columns]];
    if (column.kind == ColumnKind::flag) {
      ASSERT_TRUE(after[i] >= 0.0F && after[i] <= 1.0F) << column.name << " " << after[i];
    }
  }
}

TEST_P(SigmaOn, KeepsHeldEntriesAndColumnsThatDoNotVaryBitForBit) {
  const auto after =
      attacked("noise", "epsilon = 0.1\nunit = \"sigma\"\nhold = [\"padding\", \"jet.*\"]\n");
  const auto columns = sigma.size();
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto c = i % columns;
    const auto& column = bench->data->columns().items[bench->data->feature_columns()[c]];
    const int mask = bench->data->mask_of()[c];
    const bool empty = mask >= 0 && bench->data->masks().row(i / columns)[mask] == 0.0F;
    if (empty || column.group == "jet" || sigma[c] == 0.0F) {
      ASSERT_EQ(std::memcmp(&after[i], &before[i], sizeof(float)), 0) << column.name;
    }
  }
  EXPECT_FALSE(same_bits(after, before));
}

INSTANTIATE_TEST_SUITE_P(Devices, SigmaOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::run
