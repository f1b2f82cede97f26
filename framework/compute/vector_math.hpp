// exp, log1p, tanh and the normal distribution as straight-line code: loops over them vectorise,
// and the bits are the same everywhere, which libm does not promise.
//
// All of it is inlined by force: a loop with one call left in it is no vector loop, and the
// compiler decides anew with every change of its surroundings.
//
// Everything here takes arguments that cannot overflow: logistic functions need exp(-|z|) only.
#pragma once

#include <bit>
#include <cstdint>

namespace steppe::compute {

/// exp(x) = power (1 + rest), with a power of two and |rest| < 0.42; for x <= 0. Below -87 it stays
/// at exp(-87) = 1.6e-38. NaN stays NaN.
struct Exponential {
  float power, rest;
};

[[gnu::always_inline]] inline Exponential exponential(float x) {
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
  const std::uint32_t power = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  return {std::bit_cast<float>(power), r + r * r * q};
}

/// exp(x) for x <= 0, relative error below 2e-7.
[[gnu::always_inline]] inline float exp_negative(float x) {
  const Exponential e = exponential(x);
  return (1.0F + e.rest) * e.power;
}

/// exp(x) - 1 for x <= 0, relative error below 4e-7: near zero the power is 1 and drops out.
[[gnu::always_inline]] inline float expm1_negative(float x) {
  const Exponential e = exponential(x);
  return (e.power - 1.0F) + e.power * e.rest;
}

/// log(1 + e) for e in [0, 1], relative error below 4e-7: twice the series of artanh at
/// s = e / (2 + e) <= 1/3, whose next term is below 2e-8.
[[gnu::always_inline]] inline float log1p_unit(float e) {
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

/// log(1 + x) for x >= 0, relative error below 5e-7. NaN stays NaN.
[[gnu::always_inline]] inline float log1p_positive(float x) {
  if (x <= 1.0F) return log1p_unit(x);
  // 1 + x = 2^k m with m in [1, 2); multiplying by 2^-k is exact.
  const std::uint32_t exponent = std::bit_cast<std::uint32_t>(1.0F + x) >> 23U;
  const float m = (1.0F + x) * std::bit_cast<float>((254U - exponent) << 23U);
  return log1p_unit(m - 1.0F) + (static_cast<float>(exponent) - 127.0F) * 0.693147181F;
}

[[gnu::always_inline]] inline float magnitude(float z) { return z < 0.0F ? -z : z; }

/// The logistic function and one minus it, both without cancellation.
struct Logistic {
  float value;       ///< 1 / (1 + exp(-z)), relative error below 5e-7 for z > -86
  float complement;  ///< 1 / (1 + exp(z)), the same for z < 86
};

[[gnu::always_inline]] inline Logistic logistic(float z) {
  const float e = exp_negative(-magnitude(z));
  const float large = 1.0F / (1.0F + e);
  const float small = e * large;
  return {z < 0.0F ? small : large, z < 0.0F ? large : small};
}

[[gnu::always_inline]] inline float sigmoid(float z) { return logistic(z).value; }

/// log(1 + exp(z)) - max(z, 0) = log(1 + exp(-|z|)), relative error below 5e-7 for |z| < 86.
[[gnu::always_inline]] inline float softplus_excess(float z) {
  return log1p_unit(exp_negative(-magnitude(z)));
}

/// Relative error below 6e-7.
[[gnu::always_inline]] inline float hyperbolic_tangent(float x) {
  const float m = -expm1_negative(-2.0F * magnitude(x));
  const float y = m / (2.0F - m);
  return x < 0.0F ? -y : y;
}

/// The standard normal distribution at one point, which is at most 13.25 away from zero.
struct Normal {
  float x;        ///< clipped to [-13.25, 13.25]
  float density;  ///< exp(-x^2 / 2) / sqrt(2 pi), relative error below 5e-7 for |x| < 13
  float below;    ///< (1 + erf(x / sqrt(2))) / 2, relative error below 4e-7 for x > -12.5
};

[[gnu::always_inline]] inline Normal normal_at(float x) {
  const float t = magnitude(x) > 13.25F ? 13.25F : magnitude(x);
  // What t * t loses to rounding, exactly: the upper half of t's bits squares without loss.
  const float upper = std::bit_cast<float>(std::bit_cast<std::uint32_t>(t) & 0xFFFFF000U);
  const float lower = t - upper, square = t * t;
  const float lost = ((upper * upper - square) + 2.0F * upper * lower) + lower * lower;
  const float e = exp_negative(-0.5F * square) * (1.0F - 0.5F * lost);
  // exp(t^2 / 2) times the tail above t decays like 1 / (1 + t); times 1 + t it is a polynomial in
  // v. Made by tests/reference/make_normal_polynomial.py; relative error below 2e-7.
  const float v = (t - 3.0F) / (t + 3.0F);
  float q = -7.30117463e-05F;
  q = q * v - 0.000462601281F;
  q = q * v - 0.000261944515F;
  q = q * v + 0.00300721359F;
  q = q * v + 0.00113009277F;
  q = q * v - 0.0227325726F;
  q = q * v + 0.0451677777F;
  q = q * v - 0.0164318215F;
  q = q * v - 0.0965268984F;
  q = q * v + 0.486055791F;
  const float tail = e * q / (1.0F + t);
  return {x < 0.0F ? -t : t, 0.398942280F * e, x < 0.0F ? tail : 1.0F - tail};
}

}  // namespace steppe::compute
