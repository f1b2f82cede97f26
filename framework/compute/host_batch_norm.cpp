// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167), synchronised over all shards of a
// batch. With n rows, m and v the column's mean and biased variance, d = sqrt(v + epsilon):
//
//   y  = gamma (x - m) / d + beta
//   dx = gamma / d (dy - mean(dy) - h mean(dy h)),   h = (x - m) / d
//
// Statistics are taken in two passes (mean, then centred squares), in double. Every sweep takes a
// block of columns at a time: what belongs to a column stays in registers while the rows go by.
#include "framework/compute/column_sum.hpp"
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/row_sums.hpp"

#include <cmath>
#include <type_traits>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

/// Rows of a matrix.
template <class Value>
struct Rows {
  Value* data;
  Count stride;

  Value& at(Count row, Count column) const { return data[row * stride + column]; }
};
using From = Rows<const float>;
using To = Rows<float>;

From rows_of(const View& view, Count first) { return {view.row(first), view.stride}; }
To rows_to(const View& view, Count first) { return {view.row(first), view.stride}; }

/// `work(c, width)` for all columns c, c + 1, ..., c + width - 1 in turn; `width` is a constant but
/// for the last ones. Inlined for the caller's instruction set, as `work` has to be.
template <class Work>
STEPPE_PART_OF_KERNEL inline void for_each_block(Count columns, const Work& work) {
  using Block = std::integral_constant<Count, 32>;
  Count c = 0;
  for (; c + Block::value <= columns; c += Block::value) work(c, Block{});
  if (c < columns) work(c, columns - c);
}

STEPPE_KERNEL void add_centred_squares(Count rows, Count n, double* sums, From x,
                                       const double* mean) {
  add_columns<1>(rows, n, sums, [=](Count r, Count c) STEPPE_PART_OF_KERNEL {
    const double away = static_cast<double>(x.at(r, c)) - mean[c];
    return std::array{away * away};
  });
}

/// sums: n values of dy, then n of dy h.
STEPPE_KERNEL void add_products(Count rows, Count n, double* sums, From x, From dy,
                                const float* mean, const float* inverse) {
  add_columns<2>(rows, n, sums, [=](Count r, Count c) STEPPE_PART_OF_KERNEL {
    const float h = (x.at(r, c) - mean[c]) * inverse[c];
    const auto slope = static_cast<double>(dy.at(r, c));
    return std::array{slope, slope * static_cast<double>(h)};
  });
}

STEPPE_KERNEL void divide(Count n, double* quotients, const double* sums, double by) {
  for (Count i = 0; i < n; ++i) quotients[i] = sums[i] / by;
}

STEPPE_KERNEL void divide_to_float(Count n, float* quotients, const double* sums, double by) {
  for (Count i = 0; i < n; ++i) quotients[i] = static_cast<float>(sums[i] / by);
}

STEPPE_KERNEL void round_values(Count n, float* out, const double* values) {
  for (Count i = 0; i < n; ++i) out[i] = static_cast<float>(values[i]);
}

STEPPE_KERNEL void inverse_deviations(Count n, float* inverse, const double* squares, double rows,
                                      double epsilon) {
  for (Count i = 0; i < n; ++i)
    inverse[i] = static_cast<float>(1.0 / std::sqrt(squares[i] / rows + epsilon));
}

/// running <- (1 - momentum) running + momentum sums / by
STEPPE_KERNEL void blend(Count n, float* running, const double* sums, double by, double momentum) {
  for (Count i = 0; i < n; ++i)
    running[i] = static_cast<float>((1.0 - momentum) * static_cast<double>(running[i]) +
                                    momentum * (sums[i] / by));
}

STEPPE_KERNEL void normalise(Count rows, Count n, To y, From x, const float* __restrict mean,
                             const float* __restrict inverse, const float* __restrict gamma,
                             const float* __restrict beta) {
  for_each_block(n, [&](Count c, auto width) STEPPE_PART_OF_KERNEL {
    const Count end = c + width;
    for (Count r = 0; r < rows; ++r) {
      STEPPE_INDEPENDENT
      for (Count j = c; j < end; ++j)
        y.at(r, j) = (x.at(r, j) - mean[j]) * (inverse[j] * gamma[j]) + beta[j];
    }
  });
}

STEPPE_KERNEL void propagate(Count rows, Count n, To dx, From x, From dy,
                             const float* __restrict mean, const float* __restrict inverse,
                             const float* __restrict gamma, const float* __restrict mean_dy,
                             const float* __restrict mean_dy_h) {
  for_each_block(n, [&](Count c, auto width) STEPPE_PART_OF_KERNEL {
    const Count end = c + width;
    for (Count r = 0; r < rows; ++r) {
      STEPPE_INDEPENDENT
      for (Count j = c; j < end; ++j) {
        const float h = (x.at(r, j) - mean[j]) * inverse[j];
        dx.at(r, j) = gamma[j] * inverse[j] * (dy.at(r, j) - mean_dy[j] - h * mean_dy_h[j]);
      }
    }
  });
}

void apply(const BatchNorm& norm, const View& x, const View& y) {
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    normalise(last - first, x.columns, rows_to(y, first), rows_of(x, first), norm.mean.data,
              norm.inverse_deviation.data, norm.gamma.data, norm.beta.data);
  });
}

}  // namespace

ColumnMoments column_moments(Scratch& scratch, const View& x) {
  const Count columns = x.columns;
  scratch.means.resize(columns);
  double* mean = scratch.means.data();
  divide(columns, mean, column_sums(scratch, x), static_cast<double>(x.rows));
  const double* squares = sum_shards(
      scratch.doubles, x.rows, columns, [&](double* to, std::size_t first, std::size_t last) {
        add_centred_squares(last - first, columns, to, rows_of(x, first), mean);
      });
  return {mean, squares};
}

void batch_norm_train(Scratch& scratch, const BatchNorm& norm, bool update, const View& x,
                      const View& y) {
  const Count columns = x.columns;
  const auto rows = static_cast<double>(x.rows);
  const auto [mean, squares] = column_moments(scratch, x);
  round_values(columns, norm.mean.data, mean);
  inverse_deviations(columns, norm.inverse_deviation.data, squares, rows,
                     static_cast<double>(norm.epsilon));
  if (update && x.rows > 1) {
    const auto momentum = static_cast<double>(norm.momentum);
    blend(columns, norm.running_mean.data, mean, 1.0, momentum);
    blend(columns, norm.running_variance.data, squares, rows - 1.0, momentum);
  }
  apply(norm, x, y);
}

void batch_norm_inference(const BatchNorm& norm, const View& x, const View& y) {
  for (Count i = 0; i < x.columns; ++i) {
    norm.mean.data[i] = norm.running_mean.data[i];
    norm.inverse_deviation.data[i] =
        static_cast<float>(1.0 / std::sqrt(static_cast<double>(norm.running_variance.data[i]) +
                                           static_cast<double>(norm.epsilon)));
  }
  apply(norm, x, y);
}

void batch_norm_backward(Scratch& scratch, const BatchNorm& norm, bool train, const View& x,
                         const View& dy, const View& dx, const View& dgamma, const View& dbeta) {
  const Count columns = x.columns;
  const float* mean = norm.mean.data;
  const float* inverse = norm.inverse_deviation.data;
  // Means of dy and dy h; with running statistics x does not move them and they do not enter dx.
  scratch.floats.assign(2 * columns, 0.0F);
  if (train || dgamma.data || dbeta.data) {
    const double* sums = sum_shards(scratch.doubles, x.rows, 2 * columns,
                                    [&](double* to, std::size_t first, std::size_t last) {
                                      add_products(last - first, columns, to, rows_of(x, first),
                                                   rows_of(dy, first), mean, inverse);
                                    });
    if (dbeta.data) round_values(columns, dbeta.data, sums);
    if (dgamma.data) round_values(columns, dgamma.data, sums + columns);
    if (train)
      divide_to_float(2 * columns, scratch.floats.data(), sums, static_cast<double>(x.rows));
  }
  if (!dx.data) return;
  const float* mean_dy = scratch.floats.data();
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    propagate(last - first, columns, rows_to(dx, first), rows_of(x, first), rows_of(dy, first),
              mean, inverse, norm.gamma.data, mean_dy, mean_dy + columns);
  });
}

}  // namespace steppe::compute::host
