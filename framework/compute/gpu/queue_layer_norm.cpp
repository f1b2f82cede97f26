// Layer normalisation: what a row's values share, then each value. Sums over the rows come first:
// dx may take the place of dy.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

namespace steppe::compute::gpu {

namespace {

/// Two floats a row.
std::size_t pairs(const Tensor& x) { return 2 * x.rows * sizeof(float); }

}  // namespace

cl_mem GpuQueue::row_statistics(const LayerNorm& norm, const Tensor& x) {
  require_norm(norm, x.columns);
  const cl_mem statistics = first_.get(pairs(x));
  launcher_.run("layer_norm.layer_norm_statistics", Grid::rows(x.rows), x, count(x.columns),
                norm.epsilon, statistics);
  return statistics;
}

cl_mem GpuQueue::means_of_direction(const Tensor& x, cl_mem statistics, const Tensor& x_tangent) {
  const cl_mem means = second_.get(pairs(x));
  launcher_.run("layer_norm.layer_norm_means_of_direction", Grid::rows(x.rows), x, count(x.columns),
                statistics, x_tangent, means);
  return means;
}

cl_mem GpuQueue::means_of_gradient(const LayerNorm& norm, const Tensor& x, cl_mem statistics,
                                   const Tensor& dy) {
  const cl_mem means = third_.get(pairs(x));
  launcher_.run("layer_norm.layer_norm_means_of_gradient", Grid::rows(x.rows), x, count(x.columns),
                statistics, norm.gamma, dy, means);
  return means;
}

void GpuQueue::layer_norm(const LayerNorm& norm, const Tensor& x, const Tensor& y) {
  require_same_shape("layer_norm", y, x);
  const cl_mem at = row_statistics(norm, x);
  each("layer_norm.layer_norm_apply", y, x, at, norm.gamma, norm.beta);
}

void GpuQueue::layer_norm_totals(const Tensor& x, cl_mem parts, const Tensor& dbeta,
                                 const Tensor& dgamma) {
  launcher_.run("layer_norm.layer_norm_totals", Grid::of(x.columns), parts, count(x.columns),
                shards(x), dbeta, dgamma);
}

void GpuQueue::layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                   const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) {
  require_gradients("layer_norm_backward", {dy, dy, dx, dgamma, dbeta}, x);
  const cl_mem at = row_statistics(norm, x);
  if (dgamma || dbeta) {
    const cl_mem parts = second_.get(2 * shards(x) * x.columns * wide);
    each_shard("layer_norm.layer_norm_parts", x, at, dy, parts);
    layer_norm_totals(x, parts, dbeta, dgamma);
  }
  if (!dx) return;
  const cl_mem slopes = means_of_gradient(norm, x, at, dy);
  each("layer_norm.layer_norm_backward", dx, x, at, norm.gamma, dy, slopes);
}

void GpuQueue::layer_norm_tangent(const LayerNorm& norm, const NormTangent& direction,
                                  const Tensor& x, const Tensor& y_tangent) {
  require_same_shape("layer_norm_tangent", y_tangent, x);
  require_direction("layer_norm_tangent", direction, x);
  const cl_mem at = row_statistics(norm, x);
  const cl_mem along = means_of_direction(x, at, direction.x);
  each("layer_norm.layer_norm_tangent", y_tangent, x, at, direction.x, along, norm.gamma,
       direction.gamma, direction.beta);
}

void GpuQueue::layer_norm_backward_tangent(const LayerNorm& norm, const NormTangent& direction,
                                           const Tensor& x, const NormGradients& gradients) {
  require_direction("layer_norm_backward_tangent", direction, x);
  require_gradients("layer_norm_backward_tangent", gradients, x);
  const auto& [dy, dy_tangent, dx_tangent, dgamma_tangent, dbeta_tangent] = gradients;
  const cl_mem at = row_statistics(norm, x);
  const cl_mem along = means_of_direction(x, at, direction.x);
  if (dgamma_tangent || dbeta_tangent) {
    const cl_mem parts = fourth_.get(2 * shards(x) * x.columns * wide);
    each_shard("layer_norm.layer_norm_moved_parts", x, at, direction.x, along, dy, dy_tangent,
               parts);
    layer_norm_totals(x, parts, dbeta_tangent, dgamma_tangent);
  }
  if (!dx_tangent) return;
  const cl_mem slopes = means_of_gradient(norm, x, at, dy);
  const cl_mem moved = fourth_.get(pairs(x));
  launcher_.run("layer_norm.layer_norm_means_of_moved_gradient", Grid::rows(x.rows), x,
                count(x.columns), at, norm.gamma, direction.gamma, direction.x, along, dy,
                dy_tangent, moved);
  each("layer_norm.layer_norm_backward_tangent", dx_tangent, x, at, direction.x, along, norm.gamma,
       direction.gamma, dy, dy_tangent, slopes, moved);
}

}  // namespace steppe::compute::gpu
