// The mask of SSAM-D against the counts of the code released with arXiv:2411.09296 (88,001 weights,
// half of them inactive, 250 epochs) and against what an exchange promises.
#include "plugins/attacks/sparse_mask.hpp"

#include "framework/plugin/host.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <limits>
#include <memory>

#include "devices.hpp"
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

using Bytes = std::vector<std::byte>;

/// A mask on a device, over values in two pieces with padding behind each.
class OnDevice {
 public:
  OnDevice(const char* device, std::size_t values, std::size_t active, std::uint64_t key)
      : device_{compute::open_device(device)},
        queue_{device_->queue()},
        host_{"attack", "ssam_d", surroundings()},
        gradient_{device_->flat(layout(values))},
        mask_{Tensor{host_.get(), &gradient_}, active, {key, 0}} {
    host_.finish(STEPPE_OK);
  }

  Bytes bytes() {
    const auto now = mask_.bytes();
    return {now.begin(), now.end()};
  }
  void restore(const Bytes& bytes) {
    std::ranges::copy(bytes, mask_.bytes().begin());
    mask_.restored();
  }
  void update(const std::vector<float>& gradient, Exchange exchange, std::uint64_t key) {
    put(gradient);
    mask_.update(Tensor{host_.get(), &gradient_}, exchange, {key, 0});
    host_.finish(STEPPE_OK);
  }
  /// What an update moves between host and device.
  compute::Traffic traffic_of_update(Exchange exchange) {
    const auto before = queue_->traffic();
    mask_.update(Tensor{host_.get(), &gradient_}, exchange, {1, 0});
    host_.finish(STEPPE_OK);
    return queue_->traffic() - before;
  }

 private:
  static std::shared_ptr<const compute::SegmentTable> layout(std::size_t values) {
    auto table = std::make_shared<compute::SegmentTable>();
    table->add("first", 1, values / 3);
    table->add("second", values - values / 3, 1);
    return table;
  }
  plugin::Surroundings surroundings() const {
    plugin::Surroundings out;
    out.queue = queue_.get();
    return out;
  }
  void put(const std::vector<float>& values) {
    const compute::Mapped view{*queue_, gradient_.tensor};
    auto next = values.begin();
    for (const auto& part : gradient_.tensor.segments->segments())
      for (std::size_t i = 0; i < part.size(); ++i) view->data[part.offset + i] = *next++;
  }

  std::shared_ptr<compute::Device> device_;
  std::unique_ptr<compute::Queue> queue_;
  plugin::StageHost host_;
  steppe_tensor gradient_;
  Mask mask_;
};

std::size_t count(const Bytes& mask) {
  return static_cast<std::size_t>(std::ranges::count(mask, std::byte{1}));
}

std::vector<float> random_gradient(std::size_t values, std::uint64_t key) {
  std::vector<float> out(values);
  Stream random{key};
  for (float& g : out) g = random.normal();
  return out;
}

class SparseMaskOn : public ::testing::TestWithParam<const char*> {};

TEST_P(SparseMaskOn, StartsWithSoManyAsAreAsked) {
  for (const std::size_t active : {0U, 1U, 44'000U, 88'001U}) {
    const auto mask = OnDevice{GetParam(), weights, active, 3}.bytes();
    EXPECT_EQ(mask.size(), weights);
    EXPECT_EQ(count(mask), active);
  }
}

TEST_P(SparseMaskOn, KeepsTheLargestGradientsAndGrowsOnlyWhatWasInactive) {
  constexpr std::size_t values = 1000;
  OnDevice mask{GetParam(), values, 400, 7};
  const auto before = mask.bytes();
  const auto gradient = random_gradient(values, 11);
  mask.update(gradient, {250, 150}, 13);
  const auto after = mask.bytes();
  EXPECT_EQ(count(after), 400U);

  float smallest_kept = 9.0F, largest_dropped = 0.0F;
  std::size_t kept = 0, grown = 0;
  for (std::size_t i = 0; i < values; ++i) {
    const float size = std::abs(gradient[i]);
    const bool was = before[i] != std::byte{0}, is = after[i] != std::byte{0};
    if (was && is) smallest_kept = std::min(smallest_kept, size), ++kept;
    if (was && !is) largest_dropped = std::max(largest_dropped, size);
    if (!was && is) ++grown;
  }
  EXPECT_EQ(kept, 250U);
  EXPECT_EQ(grown, 150U);
  EXPECT_GE(smallest_kept, largest_dropped);
}

TEST_P(SparseMaskOn, KeepsTheFirstOfEqualsSoThatEveryMachineAgrees) {
  OnDevice mask{GetParam(), 10, 10, 1};
  mask.update(std::vector<float>(10, 0.5F), {4, 0}, 2);
  const auto after = mask.bytes();
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(after[i] != std::byte{0}, i < 4) << i;
}

TEST_P(SparseMaskOn, AGradientThatIsNoNumberIsDroppedFirst) {
  OnDevice mask{GetParam(), 4, 4, 1};
  constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
  mask.update({nothing, 1.0F, -2.0F, nothing}, {2, 0}, 2);
  EXPECT_EQ(mask.bytes(), (Bytes{std::byte{0}, std::byte{1}, std::byte{1}, std::byte{0}}));
}

TEST_P(SparseMaskOn, IsTheSameOnEveryDevice) {
  OnDevice mask{GetParam(), weights, 44'000, 5}, on_cpu{"cpu", weights, 44'000, 5};
  EXPECT_EQ(mask.bytes(), on_cpu.bytes());
  for (const std::uint64_t epoch : {0U, 50U, 125U, 245U}) {
    const auto gradient = random_gradient(weights, epoch);
    const auto before = mask.bytes();
    mask.update(gradient, at_epoch(epoch), epoch);
    on_cpu.update(gradient, at_epoch(epoch), epoch);
    EXPECT_EQ(mask.bytes(), on_cpu.bytes()) << epoch;
    EXPECT_NE(mask.bytes(), before) << epoch;
    EXPECT_EQ(count(mask.bytes()), at_epoch(epoch).keep + at_epoch(epoch).grow) << epoch;
  }
}

TEST_P(SparseMaskOn, GoesOnFromItsBytes) {
  OnDevice whole{GetParam(), 1000, 400, 7}, other{GetParam(), 1000, 10, 8};
  other.restore(whole.bytes());
  EXPECT_EQ(other.bytes(), whole.bytes());
  const auto gradient = random_gradient(1000, 1);
  whole.update(gradient, {300, 100}, 9);
  other.update(gradient, {300, 100}, 9);
  EXPECT_EQ(other.bytes(), whole.bytes());
}

TEST_P(SparseMaskOn, ComesToTheHostWhenItIsSavedAndNotWhenItChanges) {
  const auto traffic = OnDevice{GetParam(), 1000, 400, 7}.traffic_of_update({300, 100});
  EXPECT_EQ(traffic.down + traffic.waits, 0U);
  EXPECT_LE(traffic.up, sizeof(std::uint64_t));  // which stream random numbers are of
}

INSTANTIATE_TEST_SUITE_P(Devices, SparseMaskOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(SparseMask, GrowsEveryValueEquallyOften) {
  constexpr std::size_t values = 20, active = 5, draws = 4000;
  std::vector<double> times(values, 0.0);
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    const auto mask = OnDevice{"cpu", values, active, draw}.bytes();
    for (std::size_t i = 0; i < values; ++i) times[i] += mask[i] != std::byte{0} ? 1.0 : 0.0;
  }
  // Binomial with p = 1/4: five deviations are 137.
  for (const double t : times) EXPECT_NEAR(t, draws * 0.25, 137.0);
}

}  // namespace
}  // namespace steppe::sparse
