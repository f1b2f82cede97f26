// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167), synchronised over all shards of a
// batch. With n rows, m and v the column's mean and biased variance, d = sqrt(v + epsilon):
//
//   y  = gamma (x - m) / d + beta
//   dx = gamma / d (dy - mean(dy) - h mean(dy h)),   h = (x - m) / d
//
// Statistics are taken in two passes (mean, then centred squares), in double.
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/row_sums.hpp"

#include <cmath>
#include <utility>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

STEPPE_KERNEL void add_values(Count n, double* sums, const float* x) {
  for (Count i = 0; i < n; ++i) sums[i] += static_cast<double>(x[i]);
}

STEPPE_KERNEL void add_centred_squares(Count n, double* sums, const float* x, const double* mean) {
  for (Count i = 0; i < n; ++i) {
    const double away = static_cast<double>(x[i]) - mean[i];
    sums[i] += away * away;
  }
}

STEPPE_KERNEL void normalise(Count n, float* y, const float* x, const float* mean,
                             const float* inverse, const float* gamma, const float* beta) {
  for (Count i = 0; i < n; ++i) y[i] = (x[i] - mean[i]) * (inverse[i] * gamma[i]) + beta[i];
}

/// sums: n values of dy, then n of dy h.
STEPPE_KERNEL void add_products(Count n, double* sums, const float* x, const float* dy,
                                const float* mean, const float* inverse) {
  for (Count i = 0; i < n; ++i) {
    const float h = (x[i] - mean[i]) * inverse[i];
    sums[i] += static_cast<double>(dy[i]);
    sums[n + i] += static_cast<double>(dy[i]) * static_cast<double>(h);
  }
}

STEPPE_KERNEL void propagate(Count n, float* dx, const float* x, const float* dy, const float* mean,
                             const float* inverse, const float* gamma, const float* mean_dy,
                             const float* mean_dy_h) {
  STEPPE_INDEPENDENT
  for (Count i = 0; i < n; ++i) {
    const float h = (x[i] - mean[i]) * inverse[i];
    dx[i] = gamma[i] * inverse[i] * (dy[i] - mean_dy[i] - h * mean_dy_h[i]);
  }
}

void apply(const BatchNorm& norm, const View& x, const View& y) {
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      normalise(x.columns, y.row(r), x.row(r), norm.mean.data, norm.inverse_deviation.data,
                norm.gamma.data, norm.beta.data);
  });
}

}  // namespace

ColumnMoments column_moments(Scratch& scratch, const View& x) {
  const Count columns = x.columns;
  std::vector<double> mean(columns);
  const double* sums = sum_rows(scratch.doubles, x.rows, columns, [&](double* to, std::size_t r) {
    add_values(columns, to, x.row(r));
  });
  for (Count i = 0; i < columns; ++i) mean[i] = sums[i] / static_cast<double>(x.rows);
  sums = sum_rows(scratch.doubles, x.rows, columns, [&](double* to, std::size_t r) {
    add_centred_squares(columns, to, x.row(r), mean.data());
  });
  return {std::move(mean), sums};
}

void batch_norm_train(Scratch& scratch, const BatchNorm& norm, bool update, const View& x,
                      const View& y) {
  const Count columns = x.columns;
  const auto rows = static_cast<double>(x.rows);
  const auto [mean, sums] = column_moments(scratch, x);
  const double momentum = static_cast<double>(norm.momentum);
  const auto blend = [=](float& running, double value) {
    running =
        static_cast<float>((1.0 - momentum) * static_cast<double>(running) + momentum * value);
  };
  for (Count i = 0; i < columns; ++i) {
    norm.mean.data[i] = static_cast<float>(mean[i]);
    norm.inverse_deviation.data[i] =
        static_cast<float>(1.0 / std::sqrt(sums[i] / rows + static_cast<double>(norm.epsilon)));
    if (!update || x.rows < 2) continue;
    blend(norm.running_mean.data[i], mean[i]);
    blend(norm.running_variance.data[i], sums[i] / (rows - 1.0));
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
    const double* sums =
        sum_rows(scratch.doubles, x.rows, 2 * columns, [&](double* to, std::size_t r) {
          add_products(columns, to, x.row(r), dy.row(r), mean, inverse);
        });
    for (Count i = 0; i < columns; ++i) {
      if (dbeta.data) dbeta.data[i] = static_cast<float>(sums[i]);
      if (dgamma.data) dgamma.data[i] = static_cast<float>(sums[columns + i]);
    }
    for (Count i = 0; train && i < 2 * columns; ++i)
      scratch.floats[i] = static_cast<float>(sums[i] / static_cast<double>(x.rows));
  }
  if (!dx.data) return;
  const float* mean_dy = scratch.floats.data();
  for_each_shard(x.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r)
      propagate(columns, dx.row(r), x.row(r), dy.row(r), mean, inverse, norm.gamma.data, mean_dy,
                mean_dy + columns);
  });
}

}  // namespace steppe::compute::host
