// The sparse mask of SSAM-D (Mi et al., arXiv:2210.05177; algorithm 3 of
// arXiv:2411.09296): which values of a flat buffer may move. From time to time the active values
// with the smallest gradients are dropped, and as many are grown at random among those that were
// inactive; the part that is exchanged falls with the cosine of the epoch.
#pragma once

#include <steppe/error.hpp>
#include <steppe/random.hpp>

#include <algorithm>
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

/// One byte a value: 1 active, 0 not.
class Mask {
 public:
  /// `active` values at random.
  Mask(std::size_t values, std::size_t active, Stream random) : active_(values, std::byte{0}) {
    grow(indices(std::byte{0}), active, random);
  }

  std::size_t size() const { return active_.size(); }
  bool operator[](std::size_t index) const { return active_[index] != std::byte{0}; }
  std::size_t count() const {
    return static_cast<std::size_t>(std::count(active_.begin(), active_.end(), std::byte{1}));
  }

  /// Keeps the active values with the largest gradients (the first of equals), grows others. What
  /// is dropped now cannot grow again at once.
  void update(std::span<const float> gradient, Exchange exchange, Stream random) {
    auto active = indices(std::byte{1});
    auto inactive = indices(std::byte{0});
    // A gradient that is no number has no place in an order.
    const auto size = [&](std::uint32_t i) {
      return std::isnan(gradient[i]) ? 0.0F : std::abs(gradient[i]);
    };
    const auto keep = std::min(exchange.keep, active.size());
    std::nth_element(active.begin(), active.begin() + static_cast<std::ptrdiff_t>(keep),
                     active.end(), [&](std::uint32_t a, std::uint32_t b) {
                       return size(a) != size(b) ? size(a) > size(b) : a < b;
                     });
    for (std::size_t i = keep; i < active.size(); ++i) active_[active[i]] = std::byte{0};
    grow(std::move(inactive), exchange.grow, random);
  }

  std::span<std::byte> bytes() { return active_; }

 private:
  std::vector<std::uint32_t> indices(std::byte wanted) const {
    std::vector<std::uint32_t> out;
    for (std::size_t i = 0; i < active_.size(); ++i)
      if (active_[i] == wanted) out.push_back(static_cast<std::uint32_t>(i));
    return out;
  }

  /// The first `count` cards of a shuffled deck.
  void grow(std::vector<std::uint32_t> from, std::size_t count, Stream random) {
    count = std::min(count, from.size());
    for (std::size_t i = 0; i < count; ++i) {
      std::swap(from[i], from[i + random.index(static_cast<std::uint32_t>(from.size() - i))]);
      active_[from[i]] = std::byte{1};
    }
  }

  std::vector<std::byte> active_;
};

}  // namespace steppe::sparse
