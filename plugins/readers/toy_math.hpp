// The few functions the toy generator needs, from correctly rounded operations alone: a toy jet has
// the same bits on every machine, whatever its mathematics library.
#pragma once

#include <steppe/random.hpp>

#include <bit>
#include <cstdint>

namespace steppe::toy {

/// e^x for x < 80, relative error 3e-7 (e^-80 below -80): 2^n times the Taylor series on half an
/// octave.
inline float exponential(float x) {
  const float octaves = (x < -80.0F ? -80.0F : x) * 1.44269504F;
  const auto whole = static_cast<std::int32_t>(octaves + (octaves < 0 ? -0.5F : 0.5F));
  const float r = (octaves - static_cast<float>(whole)) * 0.693147181F;
  const float series =
      1.0F +
      r * (1.0F + r * (0.5F + r * (1.0F / 6 + r * (1.0F / 24 + r * (1.0F / 120 + r / 720)))));
  return series * std::bit_cast<float>((whole + 127) << 23);
}

/// log x for x in [1e-6, 1e6], absolute error 2e-6: brought into the range of `portable_log`.
inline float logarithm(float x) { return portable_log(x * 0x1p-20F) + 13.8629436F; }

/// x^power for x in [1e-9, 2].
inline float power_of(float x, float power) { return exponential(power * portable_log(x)); }

struct Direction {
  float cosine, sine;
};

/// Cosine and sine of a full turn times `turns`, for |turns| < 2^20: Taylor series on an eighth of
/// a turn, error 1e-6.
inline Direction direction(float turns) {
  const auto quarters = static_cast<std::int32_t>(4 * turns + (turns < 0 ? -0.5F : 0.5F));
  const float a = (turns - 0.25F * static_cast<float>(quarters)) * 6.28318531F;
  const float s = a * a;
  const float sine = a * (1.0F - s * (1.0F / 6 - s * (1.0F / 120 - s / 5040)));
  const float cosine = 1.0F - s * (0.5F - s * (1.0F / 24 - s * (1.0F / 720 - s / 40320)));
  switch (quarters & 3) {
    case 0:
      return {cosine, sine};
    case 1:
      return {-sine, cosine};
    case 2:
      return {-cosine, -sine};
    default:
      return {sine, -cosine};
  }
}

/// Minus the logarithm of a uniform number: how far to the next of unit-rate events.
inline float exponential_step(Stream& stream) { return -portable_log(1.0F - stream.uniform()); }

}  // namespace steppe::toy
