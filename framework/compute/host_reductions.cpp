// Sums in a fixed order: along a row by lanes (lane_sum.hpp), over rows by shards (shards.hpp).
#include "framework/compute/column_sum.hpp"
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/lane_sum.hpp"
#include "framework/compute/row_sums.hpp"
#include "framework/compute/spans.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

/// Sum of x y. The products of two floats are exact in double.
STEPPE_KERNEL double dot_span(Count n, const float* x, const float* y) {
  return lane_sum(n,
                  [=](Count i) { return static_cast<double>(x[i]) * static_cast<double>(y[i]); });
}

STEPPE_KERNEL double sum_of_sizes(Count n, const float* x) {
  return lane_sum(n, [=](Count i) { return std::abs(static_cast<double>(x[i])); });
}

STEPPE_KERNEL void add_rows(Count rows, Count n, double* sums, const float* x, Count stride) {
  add_columns<1>(rows, n, sums, [=](Count r, Count c) STEPPE_PART_OF_KERNEL {
    return std::array{static_cast<double>(x[r * stride + c])};
  });
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
  for_each_shard(
      lead.rows, lead.columns, [&](std::size_t shard, std::size_t first, std::size_t last) {
        double sum = 0;
        for_each_piece(
            first, last, [&](Count n, auto... at) { sum += part(n, at...); }, lead, others...);
        sums[shard] = sum;
      });
  add_tree(sums.data(), shard_count(lead.rows), 1, 0, 1);
  return sums[0];
}

double factor_of(RowFactor kind, double a, double share, double x) {
  switch (kind) {
    case RowFactor::inverse:
      return x + a >= static_cast<double>(std::numeric_limits<float>::min()) ? share * (1 / (x + a))
                                                                             : 0.0;
    case RowFactor::shrink:
      return x <= a ? 1.0 : a / x;
    case RowFactor::inside:
      return x <= a ? 1.0 : 0.0;
  }
  return 0.0;
}

}  // namespace

double dot(const View& x, const View& y) { return sum_of(dot_span, x, y); }

void row_norms(const View& x, const View& out) {
  for_each_shard(x.rows, x.columns, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      View row = x;
      row.data = x.row(r);
      row.rows = 1;
      *out.row(r) = static_cast<float>(std::sqrt(dot(row, row)));
    }
  });
}

void row_factors(RowFactor kind, double a, const View& share, const View& x) {
  for (std::size_t r = 0; r < x.rows; ++r)
    *x.row(r) = static_cast<float>(factor_of(kind, a, share.data ? *share.row(r) : 1.0, *x.row(r)));
}

void clip(double norm, const View& y) {
  const double length = std::sqrt(dot(y, y));
  if (length > norm) scale(static_cast<float>(norm / length), y);
}

const double* column_sums(Scratch& scratch, const View& x) {
  return sum_shards(scratch.doubles, x.rows, x.columns,
                    [&](double* to, std::size_t first, std::size_t last) {
                      add_rows(last - first, x.columns, to, x.row(first), x.stride);
                    });
}

void column_sums(Scratch& scratch, const View& x, const View& out) {
  round_sums(x.columns, out.data, column_sums(scratch, x));
}

void weighted_mean(const View& x, const View& weights, const View& out) {
  *out.data = static_cast<float>(dot(x, weights) / sum_of(sum_of_sizes, weights));
}

void normalise_weights(const View& weights) {
  const double sum = sum_of(sum_of_sizes, weights);
  for_each_span([=](Count n, float* y) { divide_span(n, y, sum); }, weights);
}

}  // namespace steppe::compute::host
