// A queue around another: every operation is handed on, and timed.
#include "framework/compute/profiled_device.hpp"

#include <type_traits>
#include <utility>

namespace steppe::compute {

namespace {

using Clock = std::chrono::steady_clock;

/// Where the times of a queue are kept until it ends: one thread, no lock.
class Stopwatch {
 public:
  Stopwatch(std::unique_ptr<Queue> queue, Profile& profile)
      : queue_{std::move(queue)}, profile_{profile} {}
  ~Stopwatch() { profile_.add(spent_); }

  Queue& queue() { return *queue_; }
  /// Without the waits of the watch itself.
  Traffic traffic() const {
    auto out = queue_->traffic();
    if (queue_->device().is_far()) out.waits -= waits_;
    return out;
  }

  template <class Operation, class... Operands>
  auto time(const Kernel& kernel, Operation operation, const Operands&... operands) {
    const Lap lap{spent_[{Profile::at_work(), kernel}]};
    if constexpr (std::is_void_v<decltype((*queue_.*operation)(operands...))>) {
      (*queue_.*operation)(operands...);
      queue_->wait();
      ++waits_;
    } else {
      return (*queue_.*operation)(operands...);  // what gives a number has waited
    }
  }

 private:
  struct Lap {
    explicit Lap(Spent& of) : to{of} {}
    ~Lap() { to.add({1, Clock::now() - begin}); }

    Spent& to;
    Clock::time_point begin = Clock::now();
  };

  std::unique_ptr<Queue> queue_;
  Profile& profile_;
  Profile::Operations spent_;
  std::uint64_t waits_ = 0;
};

Kernel product(const Tensor& a, const Tensor& c, Transpose transpose, Precision precision) {
  return {"matmul",  c.rows,    transpose == Transpose::first ? a.rows : a.columns,
          c.columns, transpose, precision};
}

/// In the order of `Queue`. A new operation is one more line of this kind.
class ProfiledQueue final : public Queue {
 public:
  ProfiledQueue(std::unique_ptr<Queue> queue, Profile& profile)
      : watch_{std::move(queue), profile} {}

  Device& device() override { return watch_.queue().device(); }
  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return watch_.queue().allocate(floats);
  }
  void wait() override { watch_.queue().wait(); }
  View map(const Tensor& tensor) override { return watch_.queue().map(tensor); }
  void unmap(const Tensor& tensor) override { watch_.queue().unmap(tensor); }

  void gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) override {
    watch_.time({"gather"}, &Queue::gather, from, rows, to);
  }
  void gather_ahead(HostMatrix from, std::span<const std::uint32_t> rows,
                    const Tensor& to) override {
    watch_.time({"gather_ahead"}, &Queue::gather_ahead, from, rows, to);
  }
  void join() override { watch_.queue().join(); }
  void write(const std::function<void(const View&)>& make, const Tensor& to) override {
    watch_.time({"write"}, &Queue::write, make, to);
  }
  Traffic traffic() const override { return watch_.traffic(); }
  void copy(const Tensor& from, const Tensor& to) override {
    watch_.time({"copy"}, &Queue::copy, from, to);
  }
  void fill(const Tensor& to, float value) override {
    watch_.time({"fill"}, &Queue::fill, to, value);
  }
  void axpy(float a, const Tensor& x, const Tensor& y) override {
    watch_.time({"axpy"}, &Queue::axpy, a, x, y);
  }
  void axpby(float a, const Tensor& x, float b, const Tensor& y) override {
    watch_.time({"axpby"}, &Queue::axpby, a, x, b, y);
  }
  void axpby_square(float a, const Tensor& x, float b, const Tensor& y) override {
    watch_.time({"axpby_square"}, &Queue::axpby_square, a, x, b, y);
  }
  void scale(float a, const Tensor& y) override { watch_.time({"scale"}, &Queue::scale, a, y); }
  void multiply(const Tensor& x, const Tensor& y) override {
    watch_.time({"multiply"}, &Queue::multiply, x, y);
  }
  void times(const Tensor& x, const Tensor& factor, const Tensor& y) override {
    watch_.time({"times"}, &Queue::times, x, factor, y);
  }
  void sign(const Tensor& x, const Tensor& y) override {
    watch_.time({"sign"}, &Queue::sign, x, y);
  }
  void clamp(float low, float high, const Tensor& y) override {
    watch_.time({"clamp"}, &Queue::clamp, low, high, y);
  }
  void clamp_around(const Tensor& centre, float radius, const Tensor& y) override {
    watch_.time({"clamp_around"}, &Queue::clamp_around, centre, radius, y);
  }
  void restore(const Tensor& mask, const Tensor& x, const Tensor& y) override {
    watch_.time({"restore"}, &Queue::restore, mask, x, y);
  }
  void adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon,
                     const Tensor& w) override {
    watch_.time({"adaptive_step"}, &Queue::adaptive_step, a, m, b, v, epsilon, w);
  }
  void adam_step(const AdamStep& step, const Tensor& gradient, const Tensor& mean,
                 const Tensor& square, const Tensor& weights) override {
    watch_.time({"adam_step"}, &Queue::adam_step, step, gradient, mean, square, weights);
  }
  void signed_step(float a, const Tensor& slope, const Tensor& centre, float radius,
                   const Tensor& y) override {
    watch_.time({"signed_step"}, &Queue::signed_step, a, slope, centre, radius, y);
  }
  void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
               const Tensor& y) override {
    watch_.time({"uniform"}, &Queue::uniform, key, row_ids, low, high, y);
  }
  void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
              const Tensor& y) override {
    watch_.time({"normal"}, &Queue::normal, key, row_ids, sigma, y);
  }
  double dot(const Tensor& x, const Tensor& y) override {
    return watch_.time({"dot"}, &Queue::dot, x, y);
  }
  void row_norms(const Tensor& x, const Tensor& out) override {
    watch_.time({"row_norms"}, &Queue::row_norms, x, out);
  }
  void row_factors(RowFactor kind, double a, const Tensor& share, const Tensor& x) override {
    watch_.time({"row_factors"}, &Queue::row_factors, kind, a, share, x);
  }
  void clip(double norm, const Tensor& y) override { watch_.time({"clip"}, &Queue::clip, norm, y); }
  void choose_smallest(const Tensor& keys, const Tensor& from, std::size_t count,
                       const Tensor& chosen) override {
    watch_.time({"choose_smallest"}, &Queue::choose_smallest, keys, from, count, chosen);
  }

  void matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
              MatmulOptions how) override {
    watch_.time(product(a, c, transpose, how.precision), &Queue::matmul, a, b, c, transpose, how);
  }
  void add_row(const Tensor& row, const Tensor& y) override {
    watch_.time({"add_row"}, &Queue::add_row, row, y);
  }
  void column_sums(const Tensor& x, const Tensor& out) override {
    watch_.time({"column_sums"}, &Queue::column_sums, x, out);
  }
  void standardise(const Tensor& x, const Tensor& mean, const Tensor& factor,
                   const Tensor& y) override {
    watch_.time({"standardise"}, &Queue::standardise, x, mean, factor, y);
  }
  void activate(Activation kind, float slope, const Tensor& x, const Tensor& y) override {
    watch_.time({"activate"}, &Queue::activate, kind, slope, x, y);
  }
  void activate_keeping(Activation kind, float slope, const Tensor& row, const Tensor& x,
                        const Tensor& y, const Tensor& derivative) override {
    watch_.time({"activate_keeping"}, &Queue::activate_keeping, kind, slope, row, x, y, derivative);
  }
  void activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                         const Tensor& dx) override {
    watch_.time({"activate_backward"}, &Queue::activate_backward, kind, slope, x, dy, dx);
  }
  void activate_second(Activation kind, float slope, const Tensor& x, const Tensor& x_tangent,
                       const Tensor& dy, const Tensor& dy_tangent,
                       const Tensor& dx_tangent) override {
    watch_.time({"activate_second"}, &Queue::activate_second, kind, slope, x, x_tangent, dy,
                dy_tangent, dx_tangent);
  }
  void batch_norm_train(const BatchNorm& norm, bool update, const Tensor& x,
                        const Tensor& y) override {
    watch_.time({"batch_norm_train"}, &Queue::batch_norm_train, norm, update, x, y);
  }
  void batch_norm_inference(const BatchNorm& norm, const Tensor& x, const Tensor& y) override {
    watch_.time({"batch_norm_inference"}, &Queue::batch_norm_inference, norm, x, y);
  }
  void batch_norm_backward(const BatchNorm& norm, bool train, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override {
    watch_.time({"batch_norm_backward"}, &Queue::batch_norm_backward, norm, train, x, dy, dx,
                dgamma, dbeta);
  }
  void batch_norm_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                          const Tensor& x, const Tensor& y_tangent) override {
    watch_.time({"batch_norm_tangent"}, &Queue::batch_norm_tangent, norm, direction, train, x,
                y_tangent);
  }
  void batch_norm_backward_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                                   const Tensor& x, const NormGradients& gradients) override {
    watch_.time({"batch_norm_backward_tangent"}, &Queue::batch_norm_backward_tangent, norm,
                direction, train, x, gradients);
  }
  void follow_moments(const RunningMoments& moments, std::size_t most_rows,
                      const Tensor& x) override {
    watch_.time({"follow_moments"}, &Queue::follow_moments, moments, most_rows, x);
  }
  void layer_norm(const LayerNorm& norm, const Tensor& x, const Tensor& y) override {
    watch_.time({"layer_norm"}, &Queue::layer_norm, norm, x, y);
  }
  void layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                           const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) override {
    watch_.time({"layer_norm_backward"}, &Queue::layer_norm_backward, norm, x, dy, dx, dgamma,
                dbeta);
  }
  void layer_norm_tangent(const LayerNorm& norm, const NormTangent& direction, const Tensor& x,
                          const Tensor& y_tangent) override {
    watch_.time({"layer_norm_tangent"}, &Queue::layer_norm_tangent, norm, direction, x, y_tangent);
  }
  void layer_norm_backward_tangent(const LayerNorm& norm, const NormTangent& direction,
                                   const Tensor& x, const NormGradients& gradients) override {
    watch_.time({"layer_norm_backward_tangent"}, &Queue::layer_norm_backward_tangent, norm,
                direction, x, gradients);
  }

  void bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                       const Tensor& gradient) override {
    watch_.time({"bce_with_logits"}, &Queue::bce_with_logits, logits, labels, values, gradient);
  }
  void bce_with_logits_tangent(const Tensor& logits, const Tensor& logits_tangent,
                               const Tensor& gradient_tangent) override {
    watch_.time({"bce_with_logits_tangent"}, &Queue::bce_with_logits_tangent, logits,
                logits_tangent, gradient_tangent);
  }
  void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& values,
                     const Tensor& gradient) override {
    watch_.time({"cross_entropy"}, &Queue::cross_entropy, logits, labels, values, gradient);
  }
  void cross_entropy_tangent(const Tensor& logits, const Tensor& logits_tangent,
                             const Tensor& gradient_tangent) override {
    watch_.time({"cross_entropy_tangent"}, &Queue::cross_entropy_tangent, logits, logits_tangent,
                gradient_tangent);
  }
  void logit_of_label(const Tensor& logits, const Tensor& labels, const Tensor& values,
                      const Tensor& gradient) override {
    watch_.time({"logit_of_label"}, &Queue::logit_of_label, logits, labels, values, gradient);
  }
  void squared_error(const Tensor& outputs, const Tensor& targets, const Tensor& values,
                     const Tensor& gradient) override {
    watch_.time({"squared_error"}, &Queue::squared_error, outputs, targets, values, gradient);
  }
  void huber(const Tensor& outputs, const Tensor& targets, float delta, const Tensor& values,
             const Tensor& gradient) override {
    watch_.time({"huber"}, &Queue::huber, outputs, targets, delta, values, gradient);
  }
  void huber_tangent(const Tensor& outputs, const Tensor& targets, float delta,
                     const Tensor& outputs_tangent, const Tensor& gradient_tangent) override {
    watch_.time({"huber_tangent"}, &Queue::huber_tangent, outputs, targets, delta, outputs_tangent,
                gradient_tangent);
  }
  void weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) override {
    watch_.time({"weighted_mean"}, &Queue::weighted_mean, x, weights, out);
  }
  void normalise_weights(const Tensor& weights) override {
    watch_.time({"normalise_weights"}, &Queue::normalise_weights, weights);
  }

 private:
  Stopwatch watch_;
};

/// Tensors are the inner device's, and so may come from either.
class ProfiledDevice final : public Device {
 public:
  ProfiledDevice(std::shared_ptr<Device> device, Profile& profile)
      : device_{std::move(device)}, profile_{profile} {}

  std::string_view name() const override { return device_->name(); }
  std::string description() const override { return device_->description(); }
  bool is_far() const override { return device_->is_far(); }
  std::shared_ptr<Storage> allocate(std::size_t floats) override {
    return device_->allocate(floats);
  }
  std::unique_ptr<Queue> queue() override {
    return std::make_unique<ProfiledQueue>(device_->queue(), profile_);
  }

 private:
  std::shared_ptr<Device> device_;
  Profile& profile_;
};

}  // namespace

std::shared_ptr<Device> profiled(std::shared_ptr<Device> device, Profile* profile) {
  if (!profile) return device;
  return std::make_shared<ProfiledDevice>(std::move(device), *profile);
}

}  // namespace steppe::compute
