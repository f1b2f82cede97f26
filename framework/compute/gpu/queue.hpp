// Operations on a GPU, in the order of an OpenCL queue. Each is a few kernels (kernels/*.cl);
// products are oneDNN's. Nothing here waits, but what returns a number and what maps memory. What
// is gathered ahead goes through a queue of its own, so that it travels while kernels run.
#pragma once

#include "framework/compute/gpu/launch.hpp"
#include "framework/compute/shards.hpp"

#include <memory>
#include <vector>

namespace steppe::compute::gpu {

/// Memory of one queue between the kernels of one operation: each operation writes before it reads,
/// and operations run in order, so the next one may have it.
class Scratch final : public Workspace {
 public:
  explicit Scratch(const Card& card) : card_{card} {}

  cl_mem get(std::size_t bytes) override;

 private:
  const Card& card_;
  std::size_t bytes_ = 0;
  Owned<cl_mem> memory_;
};

class GpuQueue final : public Queue {
 public:
  GpuQueue(std::shared_ptr<Device> device, Card& card);

  Device& device() override { return *device_; }

  // --- queue.cpp ---
  void wait() override;
  View map(const Tensor& tensor) override;
  void unmap(const Tensor& tensor) override;
  void gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) override;
  void gather_ahead(HostMatrix from, std::span<const std::uint32_t> rows,
                    const Tensor& to) override;
  void join() override;
  void write(const std::function<void(const View&)>& make, const Tensor& to) override;
  Traffic traffic() const override { return traffic_; }
  void matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
              MatmulOptions how) override;

  // --- queue_elementwise.cpp ---
  void copy(const Tensor& from, const Tensor& to) override;
  void fill(const Tensor& to, float value) override;
  void axpy(float a, const Tensor& x, const Tensor& y) override;
  void axpby(float a, const Tensor& x, float b, const Tensor& y) override;
  void axpby_square(float a, const Tensor& x, float b, const Tensor& y) override;
  void scale(float a, const Tensor& y) override;
  void multiply(const Tensor& x, const Tensor& y) override;
  void sign(const Tensor& x, const Tensor& y) override;
  void clamp(float low, float high, const Tensor& y) override;
  void clamp_around(const Tensor& centre, float radius, const Tensor& y) override;
  void restore(const Tensor& mask, const Tensor& x, const Tensor& y) override;
  void adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon,
                     const Tensor& w) override;
  void times(const Tensor& x, const Tensor& factor, const Tensor& y) override;
  void adam_step(const AdamStep& step, const Tensor& gradient, const Tensor& mean,
                 const Tensor& square, const Tensor& weights) override;
  void signed_step(float a, const Tensor& slope, const Tensor& centre, float radius,
                   const Tensor& y) override;
  void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
               const Tensor& y) override;
  void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
              const Tensor& y) override;
  void add_row(const Tensor& row, const Tensor& y) override;
  void standardise(const Tensor& x, const Tensor& mean, const Tensor& factor,
                   const Tensor& y) override;
  void activate(Activation kind, float slope, const Tensor& x, const Tensor& y) override;
  void activate_keeping(Activation kind, float slope, const Tensor& row, const Tensor& x,
                        const Tensor& y, const Tensor& derivative) override;
  void activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                         const Tensor& dx) override;
  void activate_second(Activation kind, float slope, const Tensor& x, const Tensor& x_tangent,
                       const Tensor& dy, const Tensor& dy_tangent,
                       const Tensor& dx_tangent) override;

  // --- queue_reductions.cpp ---
  double dot(const Tensor& x, const Tensor& y) override;
  void row_norms(const Tensor& x, const Tensor& out) override;
  void row_factors(RowFactor kind, double a, const Tensor& share, const Tensor& x) override;
  void clip(double norm, const Tensor& y) override;
  void column_sums(const Tensor& x, const Tensor& out) override;
  void weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) override;
  void normalise_weights(const Tensor& weights) override;
  void follow_moments(const RunningMoments& moments, std::size_t most_rows,
                      const Tensor& x) override;

  // --- queue_selection.cpp ---
  void choose_smallest(const Tensor& keys, const Tensor& from, std::size_t most,
                       const Tensor& chosen) override;

  // --- queue_losses.cpp ---
  void bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                       const Tensor& gradient) override;
  void bce_with_logits_tangent(const Tensor& logits, const Tensor& logits_tangent,
                               const Tensor& gradient_tangent) override;
  void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& values,
                     const Tensor& gradient) override;
  void cross_entropy_tangent(const Tensor& logits, const Tensor& logits_tangent,
                             const Tensor& gradient_tangent) override;
  void logit_of_label(const Tensor& logits, const Tensor& labels, const Tensor& values,
                      const Tensor& gradient) override;
  void squared_error(const Tensor& outputs, const Tensor& targets, const Tensor& values,
                     const Tensor& gradient) override;
  void huber(const Tensor& outputs, const Tensor& targets, float delta, const Tensor& values,
             const Tensor& gradient) override;
  void huber_tangent(const Tensor& outputs, const Tensor& targets, float delta,
                     const Tensor& outputs_tangent, const Tensor& gradient_tangent) override;

  // --- queue_batch_norm.cpp ---
  void batch_norm_train(const BatchNorm& norm, bool update, const Tensor& x,
                        const Tensor& y) override;
  void batch_norm_inference(const BatchNorm& norm, const Tensor& x, const Tensor& y) override;
  void batch_norm_backward(const BatchNorm& norm, bool train, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override;
  void batch_norm_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                          const Tensor& x, const Tensor& y_tangent) override;
  void batch_norm_backward_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                                   const Tensor& x, const NormGradients& gradients) override;

  // --- queue_layer_norm.cpp ---
  void layer_norm(const LayerNorm& norm, const Tensor& x, const Tensor& y) override;
  void layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override;
  void layer_norm_tangent(const LayerNorm& norm, const NormTangent& direction, const Tensor& x,
                          const Tensor& y_tangent) override;
  void layer_norm_backward_tangent(const LayerNorm& norm, const NormTangent& direction,
                                   const Tensor& x, const NormGradients& gradients) override;

 private:
  /// A kernel whose first arguments are a result and its shape, a work-item for each value of it.
  template <class... Values>
  void each(const std::string& name, const Tensor& to, const Values&... values) {
    launcher_.run(name, Grid::of(to), to, Shape{to}, values...);
  }
  /// A kernel whose first arguments are a matrix and how it is cut, a work-item for each column of
  /// each shard.
  template <class... Values>
  void each_shard(const std::string& name, const Tensor& x, const Values&... values) {
    launcher_.run(name, Grid::of(x.columns * shard_count(x.rows)), x, count(x.rows),
                  count(x.columns), shards(x), values...);
  }
  static cl_uint shards(const Tensor& x) { return count(shard_count(x.rows)); }

  /// A work-item for each row of `logits`.
  void each_row(const char* name, const Tensor& to, const Tensor& logits, const Tensor& other);

  /// `make` writes `to`, whose rows then lie one behind the other, on the host.
  template <class Make>
  void stage(const Tensor& to, const Make& make);
  /// Ids of rows on the device, for as long as what is submitted next needs them.
  Owned<cl_mem> sent(std::span<const std::uint64_t> row_ids);

  void product(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose);
  /// The sum of x y, left on the device; its root goes to `norm`, unless that is empty.
  cl_mem sum_of_products(const Tensor& x, const Tensor& y, const Tensor& norm);
  struct Moments {
    cl_mem sums, squares;
  };
  /// Sums and centred squares of the columns of x, in shards.
  Moments column_moments(const Tensor& x);
  /// Of each column of s and of s h: means over the rows (unless there is no memory for them) and
  /// sums (unless those are empty).
  void pair_of_sums(const BatchNorm& norm, const Tensor& x, const Tensor& s, cl_mem means,
                    const Tensor& plain, const Tensor& with_h);
  /// Mean and inverse deviation of each row.
  cl_mem row_statistics(const LayerNorm& norm, const Tensor& x);
  cl_mem means_of_direction(const Tensor& x, cl_mem statistics, const Tensor& x_tangent);
  cl_mem means_of_gradient(const LayerNorm& norm, const Tensor& x, cl_mem statistics,
                           const Tensor& dy);
  void layer_norm_totals(const Tensor& x, cl_mem parts, const Tensor& dbeta, const Tensor& dgamma);

  std::shared_ptr<Device> device_;
  Card& card_;
  dnnl::stream stream_;
  cl_command_queue queue_;
  Owned<cl_command_queue> ahead_;          // made when somebody first gathers ahead
  std::vector<Owned<cl_event>> arrivals_;  // of what is gathered ahead
  Traffic traffic_;
  Launcher launcher_;
  Scratch first_, second_, third_, fourth_, of_products_;
  std::shared_ptr<Storage> sum_;  // what a product is added from
};

/// `row` for a kernel that has as many rows as it likes.
inline Tensor repeated(Tensor row) {
  if (row.rows == 1) row.stride = 0;
  return row;
}

}  // namespace steppe::compute::gpu
