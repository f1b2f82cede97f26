// The smallest of many. Only whole numbers are compared, so every device chooses the same ones.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/spans.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

constexpr std::uint32_t last_of_all = std::numeric_limits<std::uint32_t>::max();

/// A whole number in the order of floats: -0 is 0, and what is no number comes last.
std::uint32_t in_order(float key) {
  const auto bits = std::bit_cast<std::uint32_t>(key);
  const std::uint32_t size = bits & 0x7FFFFFFFU;
  if (size > 0x7F800000U) return last_of_all;
  return bits >> 31U != 0 ? 0x80000000U - size : 0x80000000U + size;
}

/// All entries below `last` are chosen, and of those that are equal to it so many.
struct Limit {
  std::uint32_t last;
  Count of_equals;
};

/// `keys` are put into another order.
Limit limit_of(std::vector<std::uint32_t>& keys, Count count) {
  if (count == 0) return {0, 0};
  if (count >= keys.size()) return {last_of_all, keys.size()};
  const auto last = keys.begin() + static_cast<std::ptrdiff_t>(count - 1);
  std::nth_element(keys.begin(), last, keys.end());
  const auto below = std::count_if(keys.begin(), last, [&](auto key) { return key < *last; });
  return {*last, count - static_cast<Count>(below)};
}

}  // namespace

void choose_smallest(const View& keys, const View& from, std::size_t count, const View& chosen) {
  std::vector<std::uint32_t> candidates;
  const auto collect = [&](Count n, const float*, const float* key, const float* is_there) {
    for (Count i = 0; i < n; ++i)
      if (is_there[i] != 0.0F) candidates.push_back(in_order(key[i]));
  };
  for_each_piece(0, chosen.rows, collect, chosen, keys, from);
  auto limit = limit_of(candidates, count);
  const auto mark = [&](Count n, float* to, const float* key, const float* is_there) {
    for (Count i = 0; i < n; ++i) {
      const std::uint32_t place = in_order(key[i]);
      const bool candidate = is_there[i] != 0.0F;
      const bool equal = candidate && place == limit.last;
      const bool is_chosen = equal ? limit.of_equals > 0 : candidate && place < limit.last;
      if (equal && is_chosen) --limit.of_equals;
      to[i] = is_chosen ? 1.0F : 0.0F;
    }
  };
  for_each_piece(0, chosen.rows, mark, chosen, keys, from);
}

}  // namespace steppe::compute::host
