// The sparse mask of SSAM-D (Mi et al., arXiv:2210.05177; algorithm 3 of
// arXiv:2411.09296): which values of a flat buffer may move. From time to time the active values
// with the smallest gradients are dropped, and as many are grown at random among those that were
// inactive; the part that is exchanged falls with the cosine of the epoch.
#pragma once

#include <steppe/tensor.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

namespace steppe::sparse {

/// Part of the active values that is exchanged at an epoch: `start` at 0, 0 from `until` on.
inline double drop_rate(double start, std::uint64_t epoch, std::uint64_t until) {
  if (epoch >= until) return 0.0;
  const double passed = static_cast<double>(epoch) / static_cast<double>(until);
  return start * (1.0 + std::cos(std::numbers::pi * passed)) / 2.0;
}

/// Active values of a new mask over `values` of which the part `sparsity` is inactive.
inline std::size_t active_at_start(std::size_t values, double sparsity) {
  const auto n = static_cast<double>(values);
  return values - static_cast<std::size_t>(std::ceil(n * sparsity));
}

/// What an exchange leaves active, and what it makes active.
struct Exchange {
  std::size_t keep = 0, grow = 0;
};

/// Counted down to whole values as the code released with arXiv:2411.09296 does, but never dropping
/// more than can grow: there the mask would shrink.
inline Exchange exchange(std::size_t values, double sparsity, double rate) {
  const double inactive = static_cast<double>(values) * sparsity;
  const double active = static_cast<double>(values) - inactive;
  if (active * rate > inactive)
    return {static_cast<std::size_t>(active - inactive), static_cast<std::size_t>(inactive)};
  return {static_cast<std::size_t>(active * (1.0 - rate)), static_cast<std::size_t>(active * rate)};
}

/// On the device: 1 active, 0 not, so that no step of a training waits for it.
class Mask {
 public:
  /// `active` values of a buffer like `flat` at random.
  Mask(const Tensor& flat, std::size_t active, steppe_random random) : active_{flat.kept_like()} {
    const auto all = flat.like();
    all.fill(1.0F);
    active_.choose_smallest(drawn(random), all, active);
  }

  const Tensor& active() const { return active_; }
  /// Padding not counted.
  std::size_t size() const {
    std::size_t count = 0;
    for (const auto& segment : active_.segments()) count += segment.rows * segment.columns;
    return count;
  }

  /// Keeps the active values with the largest gradients (the first of equals; what is no number
  /// goes first), grows others. What is dropped now cannot grow again at once.
  void update(const Tensor& gradient, Exchange exchange, steppe_random random) {
    const auto inactive = active_.like();
    inactive.fill(1.0F);
    inactive.add(-1.0F, active_);
    const auto largest_first = gradient.clone();  // -|g|
    largest_first.sign();
    largest_first.multiply(gradient);
    largest_first.scale(-1.0F);
    active_.choose_smallest(largest_first, active_, exchange.keep);
    const auto grown = drawn(random);
    grown.choose_smallest(grown, inactive, exchange.grow);
    active_.add(1.0F, grown);
  }

  /// One byte a value: 1 active, 0 not. Waits for the device.
  std::span<std::byte> bytes() {
    bytes_.clear();
    for_each_value(
        [&](float value) { bytes_.push_back(value != 0.0F ? std::byte{1} : std::byte{0}); });
    return bytes_;
  }
  /// The mask is what the bytes have been changed to.
  void restored() {
    auto next = bytes_.begin();
    for_each_value([&](float& value) { value = *next++ != std::byte{0} ? 1.0F : 0.0F; });
  }

 private:
  /// A number for each value. Of 2^24 there are: seldom two are equal where it is decided.
  Tensor drawn(steppe_random random) const {
    static constexpr std::array<std::uint64_t, 1> row{0};
    const auto out = active_.like();
    out.fill_uniform(random, row, 0.0F, 1.0F);
    return out;
  }

  template <class Visit>
  void for_each_value(const Visit& visit) {
    const auto view = active_.host();
    const auto row = view.row(0);
    for (const auto& segment : active_.segments())
      for (std::size_t i = 0; i < segment.rows * segment.columns; ++i)
        visit(row[segment.offset + i]);
  }

  Tensor active_;
  std::vector<std::byte> bytes_;
};

}  // namespace steppe::sparse
