// How batch normalisation and its gradient move with their operands (the R-operator of Pearlmutter,
// Neural Computation 6 (1994) 147, applied to host_batch_norm.cpp). A dash marks what moves, i is
// the inverse deviation, h = (x - m) i, and <> is the mean over the rows. With batch statistics
//
//   h'  = i (x' - <x'> - h <h x'>),   i' = -i^2 <h x'>,   y' = gamma' h + gamma h' + beta'
//   dx' = (gamma' + gamma i'/i) i (dy - <dy> - h <dy h>)
//       + gamma i (dy' - <dy'> - h' <dy h> - h <dy' h + dy h'>)
//
// and with running ones all means are zero.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/row_sums.hpp"
#include "framework/compute/spans.hpp"

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

/// Two values a column: of x', of x' h.
STEPPE_KERNEL void add_direction(Count n, double* sums, const float* x, const float* x_tangent,
                                 const float* mean, const float* inverse) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float h = (x[i] - mean[i]) * inverse[i];
    sums[i] += static_cast<double>(x_tangent[i]);
    sums[n + i] += static_cast<double>(x_tangent[i]) * static_cast<double>(h);
  }
}

/// Five values a column: of dy, dy h, dy', dy' h, dy x'.
STEPPE_KERNEL void add_gradients(Count n, double* sums, const float* x, const float* x_tangent,
                                 const float* dy, const float* dy_tangent, const float* mean,
                                 const float* inverse) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const auto h = static_cast<double>((x[i] - mean[i]) * inverse[i]);
    const auto slope = static_cast<double>(dy[i]), moved = static_cast<double>(dy_tangent[i]);
    sums[i] += slope;
    sums[n + i] += slope * h;
    sums[2 * n + i] += moved;
    sums[3 * n + i] += moved * h;
    sums[4 * n + i] += slope * static_cast<double>(x_tangent[i]);
  }
}

/// One row of means each: of x', x' h, dy, dy h, dy', dy' h + dy h'.
struct Means {
  Means(std::vector<float>& memory, Count columns)
      : x{memory.data()},
        x_h{x + columns},
        dy{x_h + columns},
        dy_h{dy + columns},
        moved{dy_h + columns},
        moved_h{moved + columns} {}
  static constexpr Count rows = 6;

  float *x, *x_h, *dy, *dy_h, *moved, *moved_h;
};

/// What every row of a batch shares: one entry a column.
struct Columns {
  const float *mean, *inverse, *gamma, *gamma_tangent, *beta_tangent;
};

STEPPE_KERNEL void move_forward(Count n, float* y_tangent, const float* x, const float* x_tangent,
                                Columns at, const float* mean_x, const float* mean_x_h) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float h = (x[i] - at.mean[i]) * at.inverse[i];
    const float moved = at.inverse[i] * (x_tangent[i] - mean_x[i] - h * mean_x_h[i]);
    y_tangent[i] = at.gamma_tangent[i] * h + at.gamma[i] * moved + at.beta_tangent[i];
  }
}

STEPPE_KERNEL void move_backward(Count n, float* dx_tangent, const float* x, const float* x_tangent,
                                 const float* dy, const float* dy_tangent, Columns at,
                                 Means means) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float inverse = at.inverse[i];
    const float h = (x[i] - at.mean[i]) * inverse;
    const float moved = inverse * (x_tangent[i] - means.x[i] - h * means.x_h[i]);
    const float centred = dy[i] - means.dy[i] - h * means.dy_h[i];
    const float factor = at.gamma_tangent[i] - at.gamma[i] * inverse * means.x_h[i];
    const float rest =
        dy_tangent[i] - means.moved[i] - moved * means.dy_h[i] - h * means.moved_h[i];
    dx_tangent[i] = inverse * (factor * centred + at.gamma[i] * rest);
  }
}

Columns columns_of(const BatchNorm& norm, const NormTangent& direction, const float* zeros) {
  const auto or_zero = [=](const View& row) { return row.data ? row.data : zeros; };
  return {norm.mean.data, norm.inverse_deviation.data, norm.gamma.data, or_zero(direction.gamma),
          or_zero(direction.beta)};
}

}  // namespace

void batch_norm_tangent(Scratch& scratch, const BatchNorm& norm, const NormTangent& direction,
                        bool train, const View& x, const View& y_tangent) {
  const Count columns = x.columns;
  scratch.floats.assign((Means::rows + 1) * columns, 0.0F);
  const Means means{scratch.floats, columns};
  float* zeros = scratch.floats.data() + Means::rows * columns;
  const View x_tangent = or_zeros(direction.x, zeros, x);
  const Columns at = columns_of(norm, direction, zeros);
  if (train && direction.x.data) {
    const double* sums =
        sum_rows(scratch.doubles, x.rows, 2 * columns, [&](double* to, std::size_t r) {
          add_direction(columns, to, x.row(r), x_tangent.row(r), at.mean, at.inverse);
        });
    for (Count i = 0; i < 2 * columns; ++i)
      means.x[i] = static_cast<float>(sums[i] / static_cast<double>(x.rows));
  }
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      move_forward(columns, y_tangent.row(r), x.row(r), x_tangent.row(r), at, means.x, means.x_h);
  });
}

void batch_norm_backward_tangent(Scratch& scratch, const BatchNorm& norm,
                                 const NormTangent& direction, bool train, const View& x,
                                 const NormGradients& gradients) {
  const View &dy = gradients.dy, &dy_tangent = gradients.dy_tangent;
  const View &dx_tangent = gradients.dx_tangent, &dgamma_tangent = gradients.dgamma_tangent,
             &dbeta_tangent = gradients.dbeta_tangent;
  const Count columns = x.columns;
  const auto rows = static_cast<double>(x.rows);
  scratch.floats.assign((Means::rows + 1) * columns, 0.0F);
  const Means means{scratch.floats, columns};
  float* zeros = scratch.floats.data() + Means::rows * columns;
  const View x_tangent = or_zeros(direction.x, zeros, x);
  const Columns at = columns_of(norm, direction, zeros);
  if (train || dgamma_tangent.data || dbeta_tangent.data) {
    const double* sums =
        sum_rows(scratch.doubles, x.rows, 7 * columns, [&](double* to, std::size_t r) {
          add_gradients(columns, to, x.row(r), x_tangent.row(r), dy.row(r), dy_tangent.row(r),
                        at.mean, at.inverse);
          add_direction(columns, to + 5 * columns, x.row(r), x_tangent.row(r), at.mean, at.inverse);
        });
    for (Count i = 0; i < columns; ++i) {
      const auto sum = [=](Count which) { return sums[which * columns + i]; };
      const double mean_x = train ? sum(5) / rows : 0.0, mean_x_h = train ? sum(6) / rows : 0.0;
      // The sum of dy h' follows from the others, so one walk over the rows is enough.
      const double moved_h = sum(3) + static_cast<double>(at.inverse[i]) *
                                          (sum(4) - mean_x * sum(0) - mean_x_h * sum(1));
      if (dbeta_tangent.data) dbeta_tangent.data[i] = static_cast<float>(sum(2));
      if (dgamma_tangent.data) dgamma_tangent.data[i] = static_cast<float>(moved_h);
      if (!train) continue;
      means.x[i] = static_cast<float>(mean_x);
      means.x_h[i] = static_cast<float>(mean_x_h);
      means.dy[i] = static_cast<float>(sum(0) / rows);
      means.dy_h[i] = static_cast<float>(sum(1) / rows);
      means.moved[i] = static_cast<float>(sum(2) / rows);
      means.moved_h[i] = static_cast<float>(moved_h / rows);
    }
  }
  if (!dx_tangent.data) return;
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      move_backward(columns, dx_tangent.row(r), x.row(r), x_tangent.row(r), dy.row(r),
                    dy_tangent.row(r), at, means);
  });
}

}  // namespace steppe::compute::host
