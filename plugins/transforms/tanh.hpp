// The hyperbolic tangent as straight-line code, so that loops over it vectorise.
//
// Its steps are those of tanhf and expm1f in fdlibm (Sun Microsystems, 1993), which the C library
// of Debian 12 has: with m = e^u - 1 and u = 2 |x|, tanh |x| = 1 - 2 / (m + 2) for |x| >= 1, and
// below that, with u = -2 |x|, -m / (m + 2). So it gives what std::tanh gives there, bit for bit,
// and the same everywhere else.
#pragma once

#include <steppe/kernel.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace steppe::jets {

namespace detail {

using Bits = std::uint32_t;

[[gnu::always_inline]] inline Bits bits_of(float x) { return std::bit_cast<Bits>(x); }

/// All bits where n < 0, else none.
[[gnu::always_inline]] inline Bits if_negative(Bits n) {
  return static_cast<Bits>(static_cast<std::int32_t>(n) >> 31);
}

/// Without a branch, even to the compiler, which else finds one in two of three places.
[[gnu::always_inline]] inline float pick(Bits mask, float yes, float no) {
  return std::bit_cast<float>((bits_of(yes) & mask) | (bits_of(no) & ~mask));
}

[[gnu::always_inline]] inline float power_of_two(Bits k) {
  return std::bit_cast<float>((127U + k) << 23U);
}

}  // namespace detail

/// Within 2.2 units in the last place; NaN stays NaN.
[[gnu::always_inline]] inline float tanh_of(float x) {
  using detail::bits_of, detail::if_negative, detail::pick, detail::power_of_two;
  constexpr detail::Bits sign = 0x80000000U;
  const float size = std::bit_cast<float>(bits_of(x) & ~sign);
  // From 9.02 on it rounds to 1.
  const float a = pick(if_negative(bits_of(10.0F) - bits_of(size)), 10.0F, size);
  const auto below_one = if_negative(bits_of(a) - bits_of(1.0F));
  const float u = std::bit_cast<float>(bits_of(2.0F * a) | (below_one & sign));
  // u = k log 2 + r with |r| <= (log 2) / 2, and what r loses to rounding. k is -3 to 0 below 1.
  const auto steps =
      static_cast<detail::Bits>(static_cast<std::int32_t>(1.44269502F * (2.0F * a) + 0.5F));
  const auto k = (steps ^ below_one) - below_one;
  const auto k_value = static_cast<float>(static_cast<std::int32_t>(k));
  const float high = u - k_value * 0x1.62e3p-1F, low = k_value * 0x1.2fefa2p-17F;
  const float r = high - low, lost = (high - r) - low;
  // e^r - 1 = r + r^2 / 2 + ..., by the series of r coth(r / 2) in r^2.
  const float half = 0.5F * r, square = r * half;
  float q = -0x1.afdb76p-23F;
  q = q * square + 0x1.0cfca8p-18F;
  q = q * square - 0x1.4ce19ap-14F;
  q = q * square + 0x1.a01a02p-10F;
  q = q * square - 0x1.111112p-5F;
  q = q * square + 1.0F;
  const float t = 3.0F - q * half;
  const float rest = (r * (square * ((q - t) / (6.0F - r * t)) - lost) - lost) - square;
  const float grown = r - rest;  // of the power 2^k
  const float large = ((1.0F - power_of_two(0U - k)) + grown) * power_of_two(k);
  const float least = (1.0F + grown) * power_of_two(k) - 1.0F;
  const float small =
      pick(if_negative(k + 1U), least, pick(if_negative(k), 0.5F * grown - 0.5F, grown));
  const float m = pick(below_one, small, large);
  const float part = pick(below_one, m, 2.0F) / (m + 2.0F);
  const float y = pick(below_one, -part, 1.0F - part);
  const float out = std::bit_cast<float>((bits_of(y) & ~sign) | (bits_of(x) & sign));
  return pick(if_negative(0x7F800000U - bits_of(size)), x, out);
}

}  // namespace steppe::jets
