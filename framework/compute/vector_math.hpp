// exp and log1p as straight-line code: loops over them vectorise, and the bits are the same
// everywhere, which libm does not promise.
//
// Everything here takes arguments that cannot overflow: logistic functions need exp(-|z|) only.
#pragma once

#include <bit>
#include <cstdint>

namespace steppe::compute {

/// exp(x) for x <= 0, relative error below 2e-7; below -87 it stays at exp(-87) = 1.6e-38.
/// NaN stays NaN.
inline float exp_negative(float x) {
  const float clipped = x < -87.0F ? -87.0F : x;
  // x = k log 2 + r with |r| <= (log 2) / 2. Adding 1.5 * 2^23 rounds k into the low bits.
  const float shifted = clipped * 1.44269504F + 0x1.8p23F;
  const float k = shifted - 0x1.8p23F;
  // log 2 in two parts: the first has 9 bits, so its product with k is exact.
  const float r = (clipped - k * 0.693359375F) + k * 2.12194440e-4F;
  // Taylor to r^7: the next term is below 6e-9.
  float q = 1.0F / 5040.0F;
  q = q * r + 1.0F / 720.0F;
  q = q * r + 1.0F / 120.0F;
  q = q * r + 1.0F / 24.0F;
  q = q * r + 1.0F / 6.0F;
  q = q * r + 0.5F;
  const float fraction = 1.0F + (r + r * r * q);
  const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return fraction * std::bit_cast<float>(power);
}

/// log(1 + e) for e in [0, 1], relative error below 4e-7: twice the series of artanh at
/// s = e / (2 + e) <= 1/3, whose next term is below 2e-8.
inline float log1p_unit(float e) {
  const float s = e / (2.0F + e);
  const float t = s * s;
  float q = 1.0F / 13.0F;
  q = q * t + 1.0F / 11.0F;
  q = q * t + 1.0F / 9.0F;
  q = q * t + 1.0F / 7.0F;
  q = q * t + 1.0F / 5.0F;
  q = q * t + 1.0F / 3.0F;
  return 2.0F * (s + s * t * q);
}

inline float magnitude(float z) { return z < 0.0F ? -z : z; }

/// The logistic function and one minus it, both without cancellation.
struct Logistic {
  float value;       ///< 1 / (1 + exp(-z)), relative error below 5e-7 for z > -86
  float complement;  ///< 1 / (1 + exp(z)), the same for z < 86
};

inline Logistic logistic(float z) {
  const float e = exp_negative(-magnitude(z));
  const float large = 1.0F / (1.0F + e);
  const float small = e * large;
  return {z < 0.0F ? small : large, z < 0.0F ? large : small};
}

inline float sigmoid(float z) { return logistic(z).value; }

/// log(1 + exp(z)) - max(z, 0) = log(1 + exp(-|z|)), relative error below 5e-7 for |z| < 86.
inline float softplus_excess(float z) { return log1p_unit(exp_negative(-magnitude(z))); }

}  // namespace steppe::compute
