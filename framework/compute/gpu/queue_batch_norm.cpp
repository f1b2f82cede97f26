// Batch normalisation: sums over the rows in shards, what follows from them once a column, then
// each value.
#include "framework/compute/checks.hpp"
#include "framework/compute/gpu/queue.hpp"

namespace steppe::compute::gpu {

void GpuQueue::batch_norm_train(const BatchNorm& norm, bool update, const Tensor& x,
                                const Tensor& y) {
  require_same_shape("batch_norm_train", x, y);
  require_norm(norm, x.columns);
  const auto [sums, squares] = column_moments(x);
  launcher_.run("batch_norm.batch_norm_statistics", Grid::of(x.columns), norm.mean,
                norm.inverse_deviation, norm.running_mean, norm.running_variance, count(x.rows),
                count(x.columns), shards(x), norm.epsilon, norm.momentum, count(update ? 1 : 0),
                sums, squares);
  each("batch_norm.batch_norm_apply", y, x, norm.mean, norm.inverse_deviation, norm.gamma,
       norm.beta);
}

void GpuQueue::batch_norm_inference(const BatchNorm& norm, const Tensor& x, const Tensor& y) {
  require_same_shape("batch_norm_inference", x, y);
  require_norm(norm, x.columns);
  launcher_.run("batch_norm.batch_norm_running", Grid::of(x.columns), norm.mean,
                norm.inverse_deviation, norm.running_mean, norm.running_variance, count(x.columns),
                norm.epsilon);
  each("batch_norm.batch_norm_apply", y, x, norm.mean, norm.inverse_deviation, norm.gamma,
       norm.beta);
}

void GpuQueue::pair_of_sums(const BatchNorm& norm, const Tensor& x, const Tensor& s, cl_mem means,
                            const Tensor& plain, const Tensor& with_h) {
  const cl_mem parts = first_.get(2 * shards(x) * x.columns * wide);
  each_shard("batch_norm.batch_norm_pair_parts", x, norm.mean, norm.inverse_deviation, s, parts);
  launcher_.run("batch_norm.batch_norm_pair_totals", Grid::of(x.columns), parts, count(x.rows),
                count(x.columns), shards(x), means, plain, with_h);
}

void GpuQueue::batch_norm_backward(const BatchNorm& norm, bool train, const Tensor& x,
                                   const Tensor& dy, const Tensor& dx, const Tensor& dgamma,
                                   const Tensor& dbeta) {
  require_gradients("batch_norm_backward", {dy, dy, dx, dgamma, dbeta}, x);
  require_norm(norm, x.columns);
  const cl_mem means = train ? second_.get(2 * x.columns * sizeof(float)) : nullptr;
  if (train || dgamma || dbeta) pair_of_sums(norm, x, dy, means, dbeta, dgamma);
  if (dx)
    each("batch_norm.batch_norm_backward", dx, x, dy, norm.mean, norm.inverse_deviation, norm.gamma,
         means);
}

void GpuQueue::batch_norm_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                                  const Tensor& x, const Tensor& y_tangent) {
  require_same_shape("batch_norm_tangent", y_tangent, x);
  require_direction("batch_norm_tangent", direction, x);
  require_norm(norm, x.columns);
  const bool moves = train && direction.x;
  const cl_mem means = moves ? second_.get(2 * x.columns * sizeof(float)) : nullptr;
  if (moves) pair_of_sums(norm, x, direction.x, means, {}, {});
  each("batch_norm.batch_norm_tangent", y_tangent, x, direction.x, norm.mean,
       norm.inverse_deviation, norm.gamma, direction.gamma, direction.beta, means);
}

void GpuQueue::batch_norm_backward_tangent(const BatchNorm& norm, const NormTangent& direction,
                                           bool train, const Tensor& x,
                                           const NormGradients& gradients) {
  require_direction("batch_norm_backward_tangent", direction, x);
  require_gradients("batch_norm_backward_tangent", gradients, x);
  require_norm(norm, x.columns);
  const auto& [dy, dy_tangent, dx_tangent, dgamma_tangent, dbeta_tangent] = gradients;
  const cl_mem means = train ? second_.get(6 * x.columns * sizeof(float)) : nullptr;
  if (train || dgamma_tangent || dbeta_tangent) {
    const cl_mem parts = first_.get(7 * shards(x) * x.columns * wide);
    each_shard("batch_norm.batch_norm_moved_parts", x, norm.mean, norm.inverse_deviation,
               direction.x, dy, dy_tangent, parts);
    launcher_.run("batch_norm.batch_norm_moved_totals", Grid::of(x.columns), parts, count(x.rows),
                  count(x.columns), shards(x), norm.inverse_deviation, means, dgamma_tangent,
                  dbeta_tangent);
  }
  if (dx_tangent)
    each("batch_norm.batch_norm_backward_tangent", dx_tangent, x, direction.x, dy, dy_tangent,
         norm.mean, norm.inverse_deviation, norm.gamma, direction.gamma, means);
}

}  // namespace steppe::compute::gpu
