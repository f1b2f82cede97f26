// Layer normalisation (Ba et al., arXiv:1607.06450), every row on its own. With m and v the row's
// mean and biased variance, i = 1 / sqrt(v + epsilon), h = (x - m) i, g = gamma dy and <> the mean
// over the row:
//
//   y  = gamma h + beta                     h'  = i (x' - <x'> - h <h x'>),   i' = -i^2 <h x'>
//   dx = i (g - <g> - h <g h>)              y'  = gamma' h + gamma h' + beta'
//   dx' = i (g' - <g'> - h' <g h> - h <g' h + g h'> + (i'/i) (g - <g> - h <g h>))
//
// where a dash marks what moves. Statistics of a row are cheap and taken again in every pass.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/lane_sum.hpp"
#include "framework/compute/row_sums.hpp"
#include "framework/compute/spans.hpp"

#include <cmath>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

/// <f> and <f h> of one row, as seen by the row's statistics.
struct Means {
  float plain, with_h;
};

/// A row's mean and inverse deviation.
struct Statistics {
  float mean, inverse;

  float h(float x) const { return (x - mean) * inverse; }
  /// h' where x' is `moved` and the means are those of x'.
  float moved_h(float x, float moved, Means of_moved) const {
    return inverse * (moved - of_moved.plain - h(x) * of_moved.with_h);
  }
};

template <class Value>
[[gnu::always_inline]] inline float lane_mean(Count n, const Value& value) {
  const double sum = lane_sum(n, [&](Count i) { return static_cast<double>(value(i)); });
  return static_cast<float>(sum / static_cast<double>(n));
}

STEPPE_KERNEL Statistics statistics(Count n, const float* x, float epsilon) {
  const auto count = static_cast<double>(n);
  const double mean = lane_sum(n, [=](Count i) { return static_cast<double>(x[i]); }) / count;
  const double squares = lane_sum(n, [=](Count i) {
    const double away = static_cast<double>(x[i]) - mean;
    return away * away;
  });
  return {static_cast<float>(mean),
          static_cast<float>(1.0 / std::sqrt(squares / count + static_cast<double>(epsilon)))};
}

STEPPE_KERNEL void normalise(Count n, float* y, const float* x, Statistics at, const float* gamma,
                             const float* beta) {
  for (Count i = 0; i < n; ++i) y[i] = gamma[i] * at.h(x[i]) + beta[i];
}

STEPPE_KERNEL Means means_of_gradient(Count n, const float* x, const float* dy, Statistics at,
                                      const float* gamma) {
  return {lane_mean(n, [=](Count i) { return gamma[i] * dy[i]; }),
          lane_mean(n, [=](Count i) { return gamma[i] * dy[i] * at.h(x[i]); })};
}

STEPPE_KERNEL void propagate(Count n, float* dx, const float* x, const float* dy, Statistics at,
                             const float* gamma, Means of_g) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i)
    dx[i] = at.inverse * (gamma[i] * dy[i] - of_g.plain - at.h(x[i]) * of_g.with_h);
}

/// sums: n values of dy, then n of dy h.
STEPPE_KERNEL void add_gradients(Count n, double* sums, const float* x, const float* dy,
                                 Statistics at) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    sums[i] += static_cast<double>(dy[i]);
    sums[n + i] += static_cast<double>(dy[i]) * static_cast<double>(at.h(x[i]));
  }
}

STEPPE_KERNEL Means means_of_direction(Count n, const float* x, const float* x_tangent,
                                       Statistics at) {
  return {lane_mean(n, [=](Count i) { return x_tangent[i]; }),
          lane_mean(n, [=](Count i) { return x_tangent[i] * at.h(x[i]); })};
}

/// What every row shares: one entry a column.
struct Columns {
  const float *gamma, *gamma_tangent, *beta_tangent;
};

STEPPE_KERNEL void move_forward(Count n, float* y_tangent, const float* x, const float* x_tangent,
                                Statistics at, Columns all, Means of_x) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i)
    y_tangent[i] = all.gamma_tangent[i] * at.h(x[i]) +
                   all.gamma[i] * at.moved_h(x[i], x_tangent[i], of_x) + all.beta_tangent[i];
}

/// One row of what a tangent backward pass reads.
struct Row {
  const float *x, *x_tangent, *dy, *dy_tangent;
  Statistics at;
  Means of_x;

  float h(Count i) const { return at.h(x[i]); }
  float moved_h(Count i) const { return at.moved_h(x[i], x_tangent[i], of_x); }
  float g(Count i, const Columns& all) const { return all.gamma[i] * dy[i]; }
  float moved_g(Count i, const Columns& all) const {
    return all.gamma_tangent[i] * dy[i] + all.gamma[i] * dy_tangent[i];
  }
};

/// <g'> and <g' h + g h'>
STEPPE_KERNEL Means means_of_moved_gradient(Count n, Row row, Columns all) {
  return {lane_mean(n, [=](Count i) { return row.moved_g(i, all); }), lane_mean(n, [=](Count i) {
            return row.moved_g(i, all) * row.h(i) + row.g(i, all) * row.moved_h(i);
          })};
}

STEPPE_KERNEL void move_backward(Count n, float* dx_tangent, Row row, Columns all, Means of_g,
                                 Means of_moved) {
  const float change = -row.at.inverse * row.of_x.with_h;  // i' / i
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float h = row.h(i);
    const float rest =
        row.moved_g(i, all) - of_moved.plain - row.moved_h(i) * of_g.with_h - h * of_moved.with_h;
    dx_tangent[i] =
        row.at.inverse * (change * (row.g(i, all) - of_g.plain - h * of_g.with_h) + rest);
  }
}

/// sums: n values of dy', then n of dy' h + dy h'.
STEPPE_KERNEL void add_moved_gradients(Count n, double* sums, Row row) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    sums[i] += static_cast<double>(row.dy_tangent[i]);
    sums[n + i] += static_cast<double>(row.dy_tangent[i] * row.h(i) + row.dy[i] * row.moved_h(i));
  }
}

/// `row(sums, r)` for every row, where `sums` is null unless dgamma or dbeta are asked for: two
/// values a column, which end in dbeta and dgamma.
template <class EachRow>
void for_each_row(Scratch& scratch, const View& x, const View& dgamma, const View& dbeta,
                  const EachRow& row) {
  const bool sums = dgamma.data || dbeta.data;
  const double* totals = sum_rows(scratch.doubles, x.rows, sums ? 2 * x.columns : 0,
                                  [&](double* to, std::size_t r) { row(sums ? to : nullptr, r); });
  for (Count i = 0; sums && i < x.columns; ++i) {
    if (dbeta.data) dbeta.data[i] = static_cast<float>(totals[i]);
    if (dgamma.data) dgamma.data[i] = static_cast<float>(totals[x.columns + i]);
  }
}

Columns columns_of(const LayerNorm& norm, const NormTangent& direction, const float* zeros) {
  const auto or_zero = [=](const View& row) { return row.data ? row.data : zeros; };
  return {norm.gamma.data, or_zero(direction.gamma), or_zero(direction.beta)};
}

}  // namespace

void layer_norm(const LayerNorm& norm, const View& x, const View& y) {
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      normalise(x.columns, y.row(r), x.row(r), statistics(x.columns, x.row(r), norm.epsilon),
                norm.gamma.data, norm.beta.data);
  });
}

void layer_norm_backward(Scratch& scratch, const LayerNorm& norm, const View& x, const View& dy,
                         const View& dx, const View& dgamma, const View& dbeta) {
  const Count n = x.columns;
  const float* gamma = norm.gamma.data;
  for_each_row(scratch, x, dgamma, dbeta, [&](double* sums, std::size_t r) {
    const Statistics at = statistics(n, x.row(r), norm.epsilon);
    if (sums) add_gradients(n, sums, x.row(r), dy.row(r), at);
    if (!dx.data) return;
    propagate(n, dx.row(r), x.row(r), dy.row(r), at, gamma,
              means_of_gradient(n, x.row(r), dy.row(r), at, gamma));
  });
}

void layer_norm_tangent(Scratch& scratch, const LayerNorm& norm, const NormTangent& direction,
                        const View& x, const View& y_tangent) {
  const Count n = x.columns;
  scratch.floats.assign(n, 0.0F);
  const View x_tangent = or_zeros(direction.x, scratch.floats.data(), x);
  const Columns all = columns_of(norm, direction, scratch.floats.data());
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      const Statistics at = statistics(n, x.row(r), norm.epsilon);
      move_forward(n, y_tangent.row(r), x.row(r), x_tangent.row(r), at, all,
                   means_of_direction(n, x.row(r), x_tangent.row(r), at));
    }
  });
}

void layer_norm_backward_tangent(Scratch& scratch, const LayerNorm& norm,
                                 const NormTangent& direction, const View& x,
                                 const NormGradients& gradients) {
  const View &dy = gradients.dy, &dy_tangent = gradients.dy_tangent;
  const View& dx_tangent = gradients.dx_tangent;
  const Count n = x.columns;
  scratch.floats.assign(n, 0.0F);
  const View x_tangent = or_zeros(direction.x, scratch.floats.data(), x);
  const Columns all = columns_of(norm, direction, scratch.floats.data());
  const auto move = [&](double* sums, std::size_t r) {
    const Statistics at = statistics(n, x.row(r), norm.epsilon);
    const Row row{x.row(r),  x_tangent.row(r),
                  dy.row(r), dy_tangent.row(r),
                  at,        means_of_direction(n, x.row(r), x_tangent.row(r), at)};
    if (sums) add_moved_gradients(n, sums, row);
    if (!dx_tangent.data) return;
    move_backward(n, dx_tangent.row(r), row, all,
                  means_of_gradient(n, x.row(r), dy.row(r), at, norm.gamma.data),
                  means_of_moved_gradient(n, row, all));
  };
  for_each_row(scratch, x, gradients.dgamma_tangent, gradients.dbeta_tangent, move);
}

}  // namespace steppe::compute::host
