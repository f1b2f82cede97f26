// The mask of SSAM-D against the counts of the code released with arXiv:2411.09296 (88,001 weights,
// half of them inactive, 250 epochs) and against what an exchange promises.
#include "plugins/attacks/sparse_mask.hpp"

#include <gtest/gtest.h>

namespace steppe::sparse {
namespace {

constexpr std::size_t weights = 88'001;

Exchange at_epoch(std::uint64_t epoch) {
  return exchange(weights, 0.5, drop_rate(0.5, epoch, 250));
}

TEST(SparseMask, StartsWithWhatSparsityLeaves) {
  EXPECT_EQ(active_at_start(weights, 0.5), 44'000U);
  EXPECT_EQ(active_at_start(weights, 0.0), weights);
  EXPECT_EQ(active_at_start(weights, 1.0), 0U);
  EXPECT_EQ(Mask(weights, 44'000, Stream{3}).count(), 44'000U);
}

TEST(SparseMask, ExchangesWhatTheReleasedCodeDoes) {
  EXPECT_EQ(at_epoch(0).keep, 22'000U);
  EXPECT_EQ(at_epoch(0).grow, 22'000U);
  EXPECT_EQ(at_epoch(50).keep, 24'101U);
  EXPECT_EQ(at_epoch(50).grow, 19'899U);
  EXPECT_EQ(at_epoch(125).keep, 33'000U);
  EXPECT_EQ(at_epoch(125).grow, 11'000U);
  EXPECT_EQ(at_epoch(245).keep, 43'978U);
  EXPECT_EQ(at_epoch(245).grow, 21U);
}

TEST(SparseMask, ExchangesNothingFromTheEndOfTheDecayOn) {
  for (const std::uint64_t epoch : {250U, 300U}) {
    EXPECT_EQ(at_epoch(epoch).keep, 44'000U);
    EXPECT_EQ(at_epoch(epoch).grow, 0U);
  }
}

TEST(SparseMask, NeverDropsMoreThanCanGrow) {
  const auto none = exchange(1000, 0.0, 0.5);
  EXPECT_EQ(none.keep, 1000U);
  EXPECT_EQ(none.grow, 0U);
  const auto few = exchange(1000, 0.25, 0.5);  // 750 active: half of them would be 375
  EXPECT_EQ(few.keep, 500U);
  EXPECT_EQ(few.grow, 250U);
}

TEST(SparseMask, KeepsTheLargestGradientsAndGrowsOnlyWhatWasInactive) {
  constexpr std::size_t values = 1000;
  Mask mask{values, 400, Stream{7}};
  const auto before = mask;
  std::vector<float> gradient(values);
  Stream random{11};
  for (float& g : gradient) g = 2.0F * random.uniform() - 1.0F;
  mask.update(gradient, {250, 150}, Stream{13});
  EXPECT_EQ(mask.count(), 400U);

  float smallest_kept = 2.0F, largest_dropped = 0.0F;
  std::size_t kept = 0, grown = 0;
  for (std::size_t i = 0; i < values; ++i) {
    const float size = std::abs(gradient[i]);
    if (before[i] && mask[i]) smallest_kept = std::min(smallest_kept, size), ++kept;
    if (before[i] && !mask[i]) largest_dropped = std::max(largest_dropped, size);
    if (!before[i] && mask[i]) ++grown;
  }
  EXPECT_EQ(kept, 250U);
  EXPECT_EQ(grown, 150U);
  EXPECT_GE(smallest_kept, largest_dropped);
}

TEST(SparseMask, KeepsTheFirstOfEqualsSoThatEveryMachineAgrees) {
  Mask mask{10, 10, Stream{1}};
  mask.update(std::vector<float>(10, 0.5F), {4, 0}, Stream{2});
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(mask[i], i < 4) << i;
}

TEST(SparseMask, GrowsEveryValueEquallyOften) {
  constexpr std::size_t values = 20, active = 5, draws = 4000;
  std::vector<double> times(values, 0.0);
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    const Mask mask{values, active, Stream{draw}};
    for (std::size_t i = 0; i < values; ++i) times[i] += mask[i] ? 1.0 : 0.0;
  }
  // Binomial with p = 1/4: five deviations are 137.
  for (const double t : times) EXPECT_NEAR(t, draws * 0.25, 137.0);
}

TEST(SparseMask, AGradientThatIsNoNumberIsDroppedFirst) {
  Mask mask{4, 4, Stream{1}};
  mask.update(std::vector<float>{NAN, 1.0F, 2.0F, NAN}, {2, 0}, Stream{2});
  EXPECT_TRUE(mask[1] && mask[2]);
  EXPECT_EQ(mask.count(), 2U);
}

}  // namespace
}  // namespace steppe::sparse
