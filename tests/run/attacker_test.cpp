// What the host promises around an attack: held entries keep their bits, only the asked rows move.
#include "framework/run/objective/attacker.hpp"

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::Bench;
using testing::tiny_plan;

constexpr std::size_t rows = 48;

class AttackerOn : public ::testing::TestWithParam<const char*> {
 protected:
  /// Runs FGSM with some wiring on the first `count` rows of a batch.
  void run(const std::string& wiring, std::size_t count) {
    const auto plan =
        tiny_plan("\n[attack.fgsm]\nepsilon = 0.1\n" + wiring, {"values.attack=fgsm"});
    bench = std::make_unique<Bench>(plan, GetParam(), rows);
    before = bench->features();
    auto attacker = testing::attacker_on(*bench, plan);
    attacker.move_events(bench->loss, bench->at, bench->batch, count, {});
    after = bench->features();
  }

  const Column& column(std::size_t feature) const {
    return bench->data->columns().items[bench->data->feature_columns()[feature]];
  }
  bool moved(std::size_t row, std::size_t feature) const {
    const auto i = row * bench->data->features().columns + feature;
    return before[i] != after[i];
  }
  bool filled(std::size_t row, std::size_t feature) const {
    const int mask = bench->data->mask_of()[feature];
    return mask < 0 || bench->data->masks().row(row)[mask] == 1.0F;
  }

  std::unique_ptr<Bench> bench;
  std::vector<float> before, after;
};

TEST_P(AttackerOn, LeavesHeldPaddingAndFlagsAlone) {
  run("hold = [\"padding\", \"flags\"]", rows);
  std::size_t count = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t f = 0; f < bench->data->features().columns; ++f) {
      if (!filled(r, f) || column(f).kind == ColumnKind::flag) {
        ASSERT_FALSE(moved(r, f)) << column(f).name;
      }
      count += moved(r, f);
    }
  EXPECT_GT(count, rows * 50);
}

TEST_P(AttackerOn, MovesOnlyTheColumnsItMay) {
  run("move = [\"jet.*\"]", rows);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t f = 0; f < bench->data->features().columns; ++f)
      ASSERT_EQ(moved(r, f), column(f).group == "jet") << column(f).name;
}

TEST_P(AttackerOn, MovesOnlyTheFirstRowsWhenAskedFor) {
  run("", 20);
  const auto columns = bench->data->features().columns;
  std::size_t first = 0;
  for (std::size_t f = 0; f < columns; ++f) {
    for (std::size_t r = 0; r < 20; ++r) first += moved(r, f);
    for (std::size_t r = 20; r < rows; ++r) ASSERT_FALSE(moved(r, f));
  }
  EXPECT_GT(first, 20 * columns / 2);
}

INSTANTIATE_TEST_SUITE_P(Devices, AttackerOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::run
