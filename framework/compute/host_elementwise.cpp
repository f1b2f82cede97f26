// Element-wise operations: one plain loop each, and how matrices and flat buffers are cut into it.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/spans.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

/// Asks for memory, into the second cache. Part of its caller, or GCC 12 takes a function that does
/// nothing else for one that does nothing, and drops the calls.
STEPPE_PART_OF_KERNEL inline void ask_for(const float* memory, std::size_t bytes) {
  constexpr std::size_t line = 64;
  const auto* at = reinterpret_cast<const char*>(memory);
  for (std::size_t byte = 0; byte < bytes; byte += line) __builtin_prefetch(at + byte, 0, 2);
}

STEPPE_KERNEL void fill_span(Count n, float* y, float value) {
  for (Count i = 0; i < n; ++i) y[i] = value;
}

STEPPE_KERNEL void axpy_span(Count n, float* y, const float* x, float a) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] += a * x[i];
}

STEPPE_KERNEL void axpby_span(Count n, float* y, const float* x, float a, float b) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = a * x[i] + b * y[i];
}

STEPPE_KERNEL void axpby_square_span(Count n, float* y, const float* x, float a, float b) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = a * (x[i] * x[i]) + b * y[i];
}

STEPPE_KERNEL void scale_span(Count n, float* y, float a) {
  for (Count i = 0; i < n; ++i) y[i] *= a;
}

STEPPE_KERNEL void multiply_span(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] *= x[i];
}

STEPPE_KERNEL void add_span(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] += x[i];
}

STEPPE_PART_OF_KERNEL inline float sign_of(float x) {
  float sign = x == 0.0F ? 0.0F : x;  // NaN stays
  sign = x > 0.0F ? 1.0F : sign;
  return x < 0.0F ? -1.0F : sign;
}

STEPPE_KERNEL void sign_span(Count n, float* y, const float* x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = sign_of(x[i]);
}

STEPPE_KERNEL void clamp_span(Count n, float* y, float low, float high) {
  for (Count i = 0; i < n; ++i) y[i] = y[i] < low ? low : y[i] > high ? high : y[i];
}

STEPPE_PART_OF_KERNEL inline float nearest_in(float centre, float radius, float y) {
  // Rounding keeps order, so an entry inside in exact terms is inside here too, and stays.
  const float away = y - centre;
  const float upper = centre + radius, lower = centre - radius;
  const float above_lower = away < -radius ? lower : y;
  return away > radius ? upper : above_lower;
}

/// a sign(x), for which `nothing` is a times zero: selections instead of a product.
STEPPE_PART_OF_KERNEL inline float signed_move(float a, float nothing, float x) {
  float move = x == 0.0F ? nothing : x;
  move = x > 0.0F ? a : move;
  return x < 0.0F ? -a : move;
}

STEPPE_KERNEL void clamp_around_span(Count n, float* y, const float* centre, float radius) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = nearest_in(centre[i], radius, y[i]);
}

STEPPE_KERNEL void signed_step_span(Count n, float* y, const float* slope, float a) {
  const float nothing = a * 0.0F;
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] += signed_move(a, nothing, slope[i]);
}

STEPPE_KERNEL void signed_step_around_span(Count n, float* y, const float* slope,
                                           const float* centre, float a, float radius) {
  const float nothing = a * 0.0F;
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i)
    y[i] = nearest_in(centre[i], radius, y[i] + signed_move(a, nothing, slope[i]));
}

STEPPE_KERNEL void restore_span(Count n, float* y, const float* x, const float* mask) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = mask[i] == 0.0F ? x[i] : y[i];
}

STEPPE_KERNEL void adaptive_step_span(Count n, float* w, const float* m, const float* v, float a,
                                      float b, float epsilon) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) w[i] -= a * m[i] / (std::sqrt(v[i]) * b + epsilon);
}

STEPPE_KERNEL void adam_step_span(Count n, float* w, float* m, float* v, const float* g,
                                  Queue::AdamStep step) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float mean = step.mean_new * g[i] + step.mean_kept * m[i];
    const float square = step.square_new * (g[i] * g[i]) + step.square_kept * v[i];
    const float shrunk = w[i] * step.shrink;
    m[i] = mean;
    v[i] = square;
    w[i] = shrunk - step.rate * mean / (std::sqrt(square) * step.root_factor + step.epsilon);
  }
}

STEPPE_KERNEL void times_span(Count n, float* y, const float* x, const float* factor) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = x[i] * factor[i];
}

STEPPE_KERNEL void standardise_span(Count n, float* y, const float* x, const float* mean,
                                    const float* factor) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) y[i] = (x[i] - mean[i]) * factor[i];
}

}  // namespace

void gather(HostMatrix from, std::span<const std::uint32_t> rows, const View& to) {
  constexpr std::size_t ahead = 4;  // rows, into the second cache: it follows more lines at once
  const std::size_t bytes = to.columns * sizeof(float);
  for_each_shard(to.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    const std::size_t begun = std::min(first + ahead, last);
    for (std::size_t r = first; r < begun; ++r) ask_for(from.row(rows[r]), bytes);
    for (std::size_t r = first; r < last; ++r) {
      if (r + ahead < last) ask_for(from.row(rows[r + ahead]), bytes);
      std::memcpy(to.row(r), from.row(rows[r]), bytes);
    }
  });
}

void copy(const View& from, const View& to) {
  for_each_span([](Count n, float* y, const float* x) { std::memmove(y, x, n * sizeof(float)); },
                to, from);
}

void fill(const View& to, float value) {
  for_each_span([=](Count n, float* y) { fill_span(n, y, value); }, to);
}

void axpy(float a, const View& x, const View& y) {
  if (a == 0.0F) return;
  for_each_span([=](Count n, float* to, const float* from) { axpy_span(n, to, from, a); }, y, x);
}

void axpby(float a, const View& x, float b, const View& y) {
  for_each_span([=](Count n, float* to, const float* from) { axpby_span(n, to, from, a, b); }, y,
                x);
}

void axpby_square(float a, const View& x, float b, const View& y) {
  for_each_span(
      [=](Count n, float* to, const float* from) { axpby_square_span(n, to, from, a, b); }, y, x);
}

void scale(float a, const View& y) {
  for_each_span([=](Count n, float* to) { scale_span(n, to, a); }, y);
}

void multiply(const View& x, const View& y) {
  if (x.columns == 1 && y.columns != 1) {
    const View factors = repeated(x, y.rows);
    for_each_shard(y.rows, y.columns, [&](std::size_t, std::size_t first, std::size_t last) {
      for (std::size_t r = first; r < last; ++r) scale_span(y.columns, y.row(r), *factors.row(r));
    });
  } else {
    for_each_span(multiply_span, y, repeated(x, y.rows));
  }
}

void sign(const View& x, const View& y) { for_each_span(sign_span, y, x); }

void clamp(float low, float high, const View& y) {
  for_each_span([=](Count n, float* to) { clamp_span(n, to, low, high); }, y);
}

void clamp_around(const View& centre, float radius, const View& y) {
  for_each_span(
      [=](Count n, float* to, const float* around) { clamp_around_span(n, to, around, radius); }, y,
      centre);
}

void restore(const View& mask, const View& x, const View& y) {
  for_each_span(restore_span, y, x, repeated(mask, y.rows));
}

void adaptive_step(float a, const View& m, float b, const View& v, float epsilon, const View& w) {
  for_each_span(
      [=](Count n, float* to, const float* first, const float* second) {
        adaptive_step_span(n, to, first, second, a, b, epsilon);
      },
      w, m, v);
}

void adam_step(const Queue::AdamStep& step, const View& gradient, const View& mean,
               const View& square, const View& weights) {
  for_each_span([&](Count n, float* w, float* m, float* v,
                    const float* g) { adam_step_span(n, w, m, v, g, step); },
                weights, mean, square, gradient);
}

void signed_step(float a, const View& slope, const View& centre, float radius, const View& y) {
  const bool bounded = centre.data != nullptr;
  if (a == 0.0F) {
    if (bounded) clamp_around(centre, radius, y);
  } else if (bounded) {
    for_each_span(
        [=](Count n, float* to, const float* along, const float* around) {
          signed_step_around_span(n, to, along, around, a, radius);
        },
        y, slope, centre);
  } else {
    for_each_span(
        [=](Count n, float* to, const float* along) { signed_step_span(n, to, along, a); }, y,
        slope);
  }
}

void times(const View& x, const View& factor, const View& y) {
  for_each_span(times_span, y, x, repeated(factor, y.rows));
}

void add_row(const View& row, const View& y) { for_each_span(add_span, y, repeated(row, y.rows)); }

void standardise(const View& x, const View& mean, const View& factor, const View& y) {
  for_each_span(standardise_span, y, x, repeated(mean, y.rows), repeated(factor, y.rows));
}

}  // namespace steppe::compute::host
