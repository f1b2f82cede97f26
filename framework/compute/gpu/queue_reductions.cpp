// Sums in a fixed order.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

#include <algorithm>

namespace steppe::compute::gpu {

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
  wait();
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
