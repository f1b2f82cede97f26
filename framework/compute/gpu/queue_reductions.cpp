// Sums in a fixed order.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace steppe::compute::gpu {

namespace {

/// A sum of floats that is exactly this, for kernels that may not know doubles.
std::array<float, 3> in_floats(double x) {
  constexpr double most = std::numeric_limits<float>::max();
  x = std::clamp(x, -most, most);  // infinity has no place in a pair of floats
  std::array<float, 3> parts{static_cast<float>(x)};
  double rest = x - static_cast<double>(parts[0]);
  parts[1] = static_cast<float>(rest);
  rest -= static_cast<double>(parts[1]);
  parts[2] = static_cast<float>(rest);
  return parts;
}

const char* name_of(RowFactor kind) {
  switch (kind) {
    case RowFactor::inverse:
      return "reductions.inverse";
    case RowFactor::shrink:
      return "reductions.shrink";
    case RowFactor::inside:
      return "reductions.inside";
  }
  return "";
}

}  // namespace

cl_mem GpuQueue::sum_of_products(const Tensor& x, const Tensor& y, const Tensor& norm) {
  const std::size_t items = x.rows * x.columns, an_item = 16;
  const std::size_t groups =
      std::clamp<std::size_t>((items + group * an_item - 1) / (group * an_item), 1, group);
  const cl_mem parts = first_.get(group * wide);
  launcher_.run("reductions.dot_parts", Grid::of(groups * group), x, Shape{x}, y, parts);
  launcher_.run("reductions.dot_total", Grid::of(group), parts, count(groups), norm);
  return parts;
}

double GpuQueue::dot(const Tensor& x, const Tensor& y) {
  require_same_shape("dot", x, y);
  const cl_mem sum = sum_of_products(x, y, {});
  const auto read = [&](void* to) {
    ++traffic_.waits;
    traffic_.down += wide;
    require(clEnqueueReadBuffer(queue_, sum, CL_TRUE, 0, wide, to, 0, nullptr, nullptr),
            "give a sum to the host");
  };
  if (card_.programs().doubles()) {
    double value = 0;
    read(&value);
    return value;
  }
  float pair[2] = {};
  read(pair);
  return static_cast<double>(pair[0]) + static_cast<double>(pair[1]);
}

void GpuQueue::row_norms(const Tensor& x, const Tensor& out) {
  require_shape("row_norms", out, x.rows, 1);
  // A flat buffer is one long row, too much for one group.
  if (x.segments)
    sum_of_products(x, x, out);
  else
    launcher_.run("reductions.row_norms", Grid::rows(x.rows), x, count(x.columns), out);
}

void GpuQueue::row_factors(RowFactor kind, double a, const Tensor& share, const Tensor& x) {
  require_shape("row_factors", x, x.rows, 1);
  if (share) require_same_shape("row_factors", share, x);
  const auto [first, second, third] = in_floats(a);
  launcher_.run(name_of(kind), Grid::of(x.rows), x, count(x.rows), share, first, second, third);
}

void GpuQueue::clip(double norm, const Tensor& y) {
  const cl_mem sum = sum_of_products(y, y, {});
  const auto [first, second, third] = in_floats(norm);
  each("reductions.clip", y, sum, first, second, third);
}

void GpuQueue::column_sums(const Tensor& x, const Tensor& out) {
  require_shape("column_sums", out, 1, x.columns);
  const cl_mem parts = first_.get(shards(x) * x.columns * wide);
  each_shard("reductions.column_parts", x, parts);
  launcher_.run("reductions.column_totals", Grid::of(x.columns), out, count(x.columns), shards(x),
                parts);
}

GpuQueue::Moments GpuQueue::column_moments(const Tensor& x) {
  const std::size_t bytes = shards(x) * x.columns * wide;
  const Moments moments{first_.get(bytes), second_.get(bytes)};
  each_shard("reductions.column_parts", x, moments.sums);
  each_shard("reductions.square_parts", x, moments.sums, moments.squares);
  return moments;
}

void GpuQueue::weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) {
  require_shape("weighted_mean", x, x.rows, 1);
  require_same_shape("weighted_mean", weights, x);
  require_shape("weighted_mean", out, 1, 1);
  launcher_.run("reductions.weighted_mean", Grid::of(group), out, x, weights, count(x.rows));
}

void GpuQueue::normalise_weights(const Tensor& weights) {
  require_shape("normalise_weights", weights, weights.rows, 1);
  launcher_.run("reductions.normalise_weights", Grid::of(group), weights, count(weights.rows));
}

void GpuQueue::follow_moments(const RunningMoments& moments, std::size_t most_rows,
                              const Tensor& x) {
  for (const Tensor* row : {&moments.mean, &moments.variance, &moments.factor})
    require_shape("follow_moments", *row, 1, x.columns);
  require_shape("follow_moments", moments.rows_seen, 1, 1);
  if (x.rows == 0) return;
  const auto [sums, squares] = column_moments(x);
  const auto most = static_cast<float>(most_rows);
  launcher_.run("reductions.follow_moments", Grid::of(x.columns), moments.mean, moments.variance,
                moments.factor, moments.rows_seen, count(x.rows), count(x.columns), shards(x), most,
                sums, squares);
  launcher_.run("reductions.count_rows", Grid::of(1), moments.rows_seen, count(x.rows), most);
}

}  // namespace steppe::compute::gpu
