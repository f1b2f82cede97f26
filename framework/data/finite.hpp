// Whether numbers are finite, asked of many at once.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace steppe::data {

/// Infinities and NaN have all bits of the exponent. Without a way out in between, the loop
/// vectorises.
inline bool all_finite(const float* values, std::size_t count) {
  constexpr std::uint32_t exponent = 0x7F800000U;
  std::uint32_t bad = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto bits = std::bit_cast<std::uint32_t>(values[i]) & exponent;
    bad |= bits == exponent ? 1U : 0U;
  }
  return bad == 0;
}

}  // namespace steppe::data
