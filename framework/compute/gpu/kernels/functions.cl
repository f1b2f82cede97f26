// exp, log(1 + x) and what is made of them: framework/compute/vector_math.hpp in OpenCL C, with the
// same operations in the same order. Errors and sources are given there.

typedef struct {
  float power, rest;
} Exponential;

Exponential exponential(float x) {
  const float clipped = x < -87.0f ? -87.0f : x;
  const float shifted = clipped * 1.44269504f + 0x1.8p23f;
  const float k = shifted - 0x1.8p23f;
  const float r = (clipped - k * 0.693359375f) + k * 2.12194440e-4f;
  float q = 1.0f / 5040.0f;
  q = q * r + 1.0f / 720.0f;
  q = q * r + 1.0f / 120.0f;
  q = q * r + 1.0f / 24.0f;
  q = q * r + 1.0f / 6.0f;
  q = q * r + 0.5f;
  Exponential e;
  e.power = as_float((as_uint(shifted) + 127u) << 23);
  e.rest = r + r * r * q;
  return e;
}

float exp_negative(float x) {
  const Exponential e = exponential(x);
  return (1.0f + e.rest) * e.power;
}

float expm1_negative(float x) {
  const Exponential e = exponential(x);
  return (e.power - 1.0f) + e.power * e.rest;
}

float log1p_unit(float e) {
  const float s = e / (2.0f + e);
  const float t = s * s;
  float q = 1.0f / 13.0f;
  q = q * t + 1.0f / 11.0f;
  q = q * t + 1.0f / 9.0f;
  q = q * t + 1.0f / 7.0f;
  q = q * t + 1.0f / 5.0f;
  q = q * t + 1.0f / 3.0f;
  return 2.0f * (s + s * t * q);
}

float log1p_positive(float x) {
  if (x <= 1.0f) return log1p_unit(x);
  const uint exponent = as_uint(1.0f + x) >> 23;
  const float m = (1.0f + x) * as_float((254u - exponent) << 23);
  return log1p_unit(m - 1.0f) + ((float)exponent - 127.0f) * 0.693147181f;
}

float magnitude(float z) { return z < 0.0f ? -z : z; }

typedef struct {
  float value, complement;
} Logistic;

Logistic logistic(float z) {
  const float e = exp_negative(-magnitude(z));
  const float large = 1.0f / (1.0f + e);
  const float small = e * large;
  Logistic s;
  s.value = z < 0.0f ? small : large;
  s.complement = z < 0.0f ? large : small;
  return s;
}

float softplus_excess(float z) { return log1p_unit(exp_negative(-magnitude(z))); }

float hyperbolic_tangent(float x) {
  const float m = -expm1_negative(-2.0f * magnitude(x));
  const float y = m / (2.0f - m);
  return x < 0.0f ? -y : y;
}

typedef struct {
  float x, density, below;
} Normal;

Normal normal_at(float x) {
  const float t = magnitude(x) > 13.25f ? 13.25f : magnitude(x);
  const float upper = as_float(as_uint(t) & 0xFFFFF000u);
  const float lower = t - upper, square = t * t;
  const float lost = ((upper * upper - square) + 2.0f * upper * lower) + lower * lower;
  const float e = exp_negative(-0.5f * square) * (1.0f - 0.5f * lost);
  const float v = (t - 3.0f) / (t + 3.0f);
  float q = -7.30117463e-05f;
  q = q * v - 0.000462601281f;
  q = q * v - 0.000261944515f;
  q = q * v + 0.00300721359f;
  q = q * v + 0.00113009277f;
  q = q * v - 0.0227325726f;
  q = q * v + 0.0451677777f;
  q = q * v - 0.0164318215f;
  q = q * v - 0.0965268984f;
  q = q * v + 0.486055791f;
  const float tail = e * q / (1.0f + t);
  Normal n;
  n.x = x < 0.0f ? -t : t;
  n.density = 0.398942280f * e;
  n.below = x < 0.0f ? tail : 1.0f - tail;
  return n;
}
