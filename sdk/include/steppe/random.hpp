// Random numbers by counting: value number n of a stream is a function of (key, stream, row, n).
//
// Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
// SC'11) turns a 128-bit counter and a 64-bit key into four words. Nothing is carried from one
// value to the next, so a value belongs to its event and its column, whatever the order, the batch
// or the number of threads.
//
// Every floating-point step is a single correctly rounded operation (+, *, sqrt, fma), written so
// that no compiler can fuse two of them: the bits are the same on every machine and device.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace steppe {

/// The finaliser of splitmix64: a bijection of 64-bit words in which every bit moves every other.
constexpr std::uint64_t mix(std::uint64_t word) {
  word += 0x9E3779B97F4A7C15U;
  word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9U;
  word = (word ^ (word >> 27U)) * 0x94D049BB133111EBU;
  return word ^ (word >> 31U);
}

/// A 64-bit key from any number of integers and strings, for example
/// `stream_key(seed, trial, "fit", "shuffle", epoch)`. Stable for ever: h starts at 0; an integer v
/// sets h to mix(h ^ mix(v)); a string sets it to mix(~h ^ FNV-1a(bytes)). So 1 and "1" differ, and
/// so do ("ab", "c") and ("a", "bc").
template <class... Parts>
constexpr std::uint64_t stream_key(const Parts&... parts) {
  std::uint64_t hash = 0;
  [[maybe_unused]] const auto absorb = [&hash](const auto& part) {
    if constexpr (std::is_integral_v<std::remove_cvref_t<decltype(part)>>) {
      hash = mix(hash ^ mix(static_cast<std::uint64_t>(part)));
    } else {
      std::uint64_t bytes = 0xCBF29CE484222325U;
      for (const char c : std::string_view{part})
        bytes = (bytes ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
      hash = mix(~hash ^ bytes);
    }
  };
  (absorb(parts), ...);
  return hash;
}

using PhiloxCounter = std::array<std::uint32_t, 4>;
using PhiloxKey = std::array<std::uint32_t, 2>;

/// Ten rounds of Philox4x32.
constexpr PhiloxCounter philox(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t even = std::uint64_t{counter[0]} * 0xD2511F53U;
    const std::uint64_t odd = std::uint64_t{counter[2]} * 0xCD9E8D57U;
    counter = {static_cast<std::uint32_t>(odd >> 32U) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(odd),
               static_cast<std::uint32_t>(even >> 32U) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(even)};
    key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
  }
  return counter;
}

/// The Philox key of a stream.
constexpr std::uint64_t random_key(std::uint64_t key, std::uint64_t stream) {
  return mix(key ^ mix(stream));
}

/// Words 4 block ... 4 block + 3 of a row. `key` comes from `random_key`.
constexpr PhiloxCounter random_block(std::uint64_t key, std::uint64_t row, std::uint64_t block) {
  const auto low = [](std::uint64_t word) { return static_cast<std::uint32_t>(word); };
  return philox({low(block), low(block >> 32U), low(row), low(row >> 32U)},
                {low(key), low(key >> 32U)});
}

/// Uniform in [0, 1), a multiple of 2^-24.
constexpr float uniform_from(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8U)) * 0x1p-24F;
}

/// log(x) for x in [2^-40, 2], absolute error 2e-7 + 1.2e-7 |log x|.
inline float portable_log(float x) {
  // x = m 2^e with m in [sqrt(1/2), sqrt(2)); log m by a polynomial fitted at Chebyshev nodes.
  const auto bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t exponent = (bits - 0x3F3504F3) >> 23;
  const float r = std::bit_cast<float>(bits - exponent * 0x800000) - 1.0F;
  float q = 0.0851603076F;
  q = std::fma(q, r, -0.143375888F);
  q = std::fma(q, r, 0.150152847F);
  q = std::fma(q, r, -0.165705994F);
  q = std::fma(q, r, 0.199516356F);
  q = std::fma(q, r, -0.250015348F);
  q = std::fma(q, r, 0.333342642F);
  q = std::fma(q, r, -0.49999994F);
  return std::fma(static_cast<float>(exponent), 0.693147182F, std::fma(r * r, q, r));
}

/// The standard normal at probability (word + 1/2) 2^-32: at most 6.34 from zero, absolute error
/// below 2e-6. With the smaller tail p, x = 1 - 2p and w = -log(1 - x^2), the ratio z / x is one
/// polynomial in sqrt(w + 6) over the whole range, fitted at Chebyshev nodes to relative 6.5e-8.
inline float normal_from(std::uint32_t word) {
  const bool upper = (word >> 31U) != 0;
  const auto tail = static_cast<std::int32_t>(upper ? ~word : word);
  const float p = (static_cast<float>(tail) + 0.5F) * 0x1p-32F;
  const float x = (static_cast<float>(0x7FFFFFFF - tail) + 0.5F) * 0x1p-31F;
  const float w = -portable_log(4.0F * p * (1.0F - p));
  // u runs over [-1, 1].
  const float u = std::fma(std::sqrt(w + 6.0F), 0.715981424F, -2.75378919F);
  float q = 0.0162525009F;
  q = std::fma(q, u, -0.0109286224F);
  q = std::fma(q, u, -0.0680714548F);
  q = std::fma(q, u, 0.0654341131F);
  q = std::fma(q, u, 0.0867287666F);
  q = std::fma(q, u, -0.135933965F);
  q = std::fma(q, u, 0.0230210181F);
  q = std::fma(q, u, 0.0682283267F);
  q = std::fma(q, u, -0.105419822F);
  q = std::fma(q, u, 0.120567933F);
  q = std::fma(q, u, -0.0857307315F);
  q = std::fma(q, u, 0.000992047018F);
  q = std::fma(q, u, 0.111043237F);
  q = std::fma(q, u, -0.270031303F);
  q = std::fma(q, u, 2.56449842F);
  q = std::fma(q, u, 3.95730758F);
  return upper ? x * q : -(x * q);
}

/// The numbers of one row, in order. Draw n is what a device's `uniform` or `normal` operation
/// puts into column n of the row with this id. Cheap to make, copied freely.
class Stream {
 public:
  explicit constexpr Stream(std::uint64_t key, std::uint64_t stream = 0, std::uint64_t row = 0)
      : key_{random_key(key, stream)}, row_{row} {}

  /// 32 random bits.
  constexpr std::uint32_t bits() {
    if (next_ % 4 == 0) block_ = random_block(key_, row_, next_ / 4);
    return block_[next_++ % 4];
  }

  /// In [0, 1).
  constexpr float uniform() { return uniform_from(bits()); }

  /// Mean 0, standard deviation 1.
  float normal() { return normal_from(bits()); }

  /// In [0, count), every value equally likely (Lemire's rejection, arXiv:1805.10941: seldom more
  /// than one draw). `count` is at least 1.
  constexpr std::uint32_t index(std::uint32_t count) {
    const std::uint32_t unfair = (0U - count) % count;
    std::uint64_t product = 0;
    do {
      product = std::uint64_t{bits()} * count;
    } while (static_cast<std::uint32_t>(product) < unfair);
    return static_cast<std::uint32_t>(product >> 32U);
  }

 private:
  std::uint64_t key_;
  std::uint64_t row_;
  std::uint64_t next_ = 0;
  PhiloxCounter block_{};
};

}  // namespace steppe
