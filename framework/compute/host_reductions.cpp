// Sums in an order that does not depend on threads or on the width of vector registers: sixteen
// partial sums in double, lane i taking the terms i, i + 16, ...; then a fixed tree.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/row_sums.hpp"
#include "framework/compute/spans.hpp"

#include <array>
#include <cmath>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

constexpr Count lanes = 16;

/// Sum of x y. The products of two floats are exact in double.
STEPPE_KERNEL double dot_span(Count n, const float* x, const float* y) {
  double sums[lanes] = {};
  const Count whole = n / lanes * lanes;
  for (Count i = 0; i < whole; i += lanes)
    for (Count j = 0; j < lanes; ++j)
      sums[j] += static_cast<double>(x[i + j]) * static_cast<double>(y[i + j]);
  for (Count i = whole; i < n; ++i)
    sums[i - whole] += static_cast<double>(x[i]) * static_cast<double>(y[i]);
  for (Count step = 1; step < lanes; step *= 2)
    for (Count j = 0; j < lanes; j += 2 * step) sums[j] += sums[j + step];
  return sums[0];
}

STEPPE_KERNEL double sum_span(Count n, const float* x) {
  double sums[lanes] = {};
  const Count whole = n / lanes * lanes;
  for (Count i = 0; i < whole; i += lanes)
    for (Count j = 0; j < lanes; ++j) sums[j] += static_cast<double>(x[i + j]);
  for (Count i = whole; i < n; ++i) sums[i - whole] += static_cast<double>(x[i]);
  for (Count step = 1; step < lanes; step *= 2)
    for (Count j = 0; j < lanes; j += 2 * step) sums[j] += sums[j + step];
  return sums[0];
}

STEPPE_KERNEL void add_to_sums(Count n, double* sums, const float* x) {
  for (Count i = 0; i < n; ++i) sums[i] += static_cast<double>(x[i]);
}

STEPPE_KERNEL void round_sums(Count n, float* out, const double* sums) {
  for (Count i = 0; i < n; ++i) out[i] = static_cast<float>(sums[i]);
}

STEPPE_KERNEL void divide_span(Count n, float* y, double by) {
  for (Count i = 0; i < n; ++i) y[i] = static_cast<float>(static_cast<double>(y[i]) / by);
}

/// Shards' sums of `part(count, pointers...)` over the pieces of the views.
template <class Part, class... Views>
double sum_of(const Part& part, const View& lead, const Views&... others) {
  std::array<double, most_shards> sums{};
  for_each_shard(lead.rows, [&](std::size_t shard, std::size_t first, std::size_t last) {
    double sum = 0;
    for_each_piece(
        first, last, [&](Count n, auto... at) { sum += part(n, at...); }, lead, others...);
    sums[shard] = sum;
  });
  add_tree(sums.data(), shard_count(lead.rows), 1, 0, 1);
  return sums[0];
}

}  // namespace

double dot(const View& x, const View& y) { return sum_of(dot_span, x, y); }

void row_norms(const View& x, const View& out) {
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      View row = x;
      row.data = x.row(r);
      row.rows = 1;
      *out.row(r) = static_cast<float>(std::sqrt(dot(row, row)));
    }
  });
}

void column_sums(Scratch& scratch, const View& x, const View& out) {
  const double* sums = sum_rows(scratch.doubles, x.rows, x.columns, [&](double* to, std::size_t r) {
    add_to_sums(x.columns, to, x.row(r));
  });
  round_sums(x.columns, out.data, sums);
}

void weighted_mean(const View& x, const View& weights, const View& out) {
  *out.data = static_cast<float>(dot(x, weights) / sum_of(sum_span, weights));
}

void normalise_weights(const View& weights) {
  const double sum = sum_of(sum_span, weights);
  for_each_span([=](Count n, float* y) { divide_span(n, y, sum); }, weights);
}

}  // namespace steppe::compute::host
