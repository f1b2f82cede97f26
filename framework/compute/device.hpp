// The device seam: an engine that owns memory, and queues on which operations run in order.
//
// Rooms of one shape: `cpu` runs an operation when it is submitted; `far` (tests) keeps its memory
// unreadable except while mapped, places every tensor at an offset, and runs nothing before
// `wait()`; `gpu` is oneDNN's OpenCL engine. Code above this header never asks which one.
//
// One numerics contract for all rooms: an operation's result depends on its operands alone, never
// on the number of threads. Long sums are cut into fixed pieces by the number of rows and added in
// a fixed tree. Arithmetic takes subnormal numbers for zero; copying keeps them.
#pragma once

#include "framework/compute/precision.hpp"
#include "framework/compute/tensor.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace steppe::compute {

/// Something the device cannot do, or did wrong. The message is a finished sentence.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Queue;

/// One engine; shared by everything that runs on it. [any thread]
class Device : public std::enable_shared_from_this<Device> {
 public:
  virtual ~Device() = default;

  virtual std::string_view name() const = 0;
  /// What shapes the numbers: library version, kernels, instruction set; part of a run's record.
  virtual std::string description() const = 0;
  /// Zero-filled memory. @throws DeviceError when there is none.
  virtual std::shared_ptr<Storage> allocate(std::size_t floats) = 0;
  virtual std::unique_ptr<Queue> queue() = 0;
  /// Whether what the host has is sent there, and so better sent ahead of time.
  virtual bool is_far() const { return false; }

  /// A matrix of its own storage. Rows start at multiples of 16 floats when `columns` > 16.
  Tensor matrix(std::size_t rows, std::size_t columns);
  /// A flat buffer laid out by `table`.
  Tensor flat(std::shared_ptr<const SegmentTable> table);

 private:
  friend class Queue;
  /// Floats this device leaves in front of a tensor that has a storage of its own.
  virtual std::size_t lead() const { return 0; }
};

/// Opens `cpu`, `far`, `gpu` or a GPU by its number, `gpu:1`. `auto` is `gpu` where there is one,
/// and else `cpu`. @throws DeviceError naming the devices there are, or what a GPU lacks.
std::shared_ptr<Device> open_device(std::string_view name);

/// Whether `open_device` knows what this stands for, on some machine.
bool is_device_name(std::string_view name);

/// Why a device cannot be opened, or "" when nothing is known to be in the way. Starts nothing.
std::string device_trouble(std::string_view name);

/// What shapes the numbers of a device on this machine, beside the program: its name and, for a
/// GPU, its model and driver. Starts nothing.
std::string device_numerics(std::string_view name);

/// What `auto` stands for here, and any other name for itself.
std::string_view device_behind(std::string_view name);

/// Equations in activation_functions.hpp.
enum class Activation { silu, relu, leaky_relu, sigmoid, gelu, tanh, elu, selu, softplus };

/// Numbers made of numbers, each in double and rounded once.
enum class RowFactor {
  inverse,  ///< share / (x + a); 0 where x + a is less than the smallest normal float, or NaN
  shrink,   ///< 1 where x <= a, else a / x
  inside    ///< 1 where x <= a, else 0
};

/// What went between host and device. All 0 where the host computes in memory of its own.
struct Traffic {
  std::uint64_t up = 0, down = 0;  ///< bytes to the device, and from it
  std::uint64_t waits = 0;         ///< how often the host waited for all that was submitted
  /// How often it waited for no more than its last but one batch, while the device had work.
  std::uint64_t turns = 0;

  /// What came since `before`.
  Traffic operator-(const Traffic& before) const {
    return {up - before.up, down - before.down, waits - before.waits, turns - before.turns};
  }
  Traffic& operator+=(const Traffic& more) {
    up += more.up;
    down += more.down;
    waits += more.waits;
    turns += more.turns;
    return *this;
  }
};

/// Which operand of a product is read transposed.
enum class Transpose { none, first, second };

/// How a product of matrices is made.
struct MatmulOptions {
  bool accumulate = false;  ///< c <- a b + c
  Precision precision = Precision::f32;
};

/// Where a stream of random numbers starts. Row r, column c of a tensor draws from the Philox
/// counter (row id r, logical index c), so a value depends on its event and never on its place in
/// a batch. See <steppe/random.hpp>.
struct RandomKey {
  std::uint64_t key = 0;
  std::uint64_t stream = 0;
};

/// Operations in order, on one device. Not shared between threads; an operation may spread over
/// oneTBB inside. Tensors of another device and shapes that do not fit are refused with
/// DeviceError. What was submitted and never waited for may not have run when a queue ends.
class Queue {
 public:
  virtual ~Queue() = default;
  virtual Device& device() = 0;

  // --- memory of the device for what this queue works on: side by side, where that is faster. What
  // is kept when the queue is gone gets a place of its own, by `Device`: here it would keep its
  // neighbours too ---
  /// Zero-filled memory. @throws DeviceError when there is none.
  virtual std::shared_ptr<Storage> allocate(std::size_t floats);
  /// As `Device::matrix` and `Device::flat`.
  Tensor matrix(std::size_t rows, std::size_t columns);
  Tensor flat(std::shared_ptr<const SegmentTable> table);

  // --- host and device ---
  /// Everything submitted so far is done when this returns.
  virtual void wait() = 0;
  /// Waits, then gives the host access until `unmap`. Every `map` has its `unmap`; `Mapped` below.
  virtual View map(const Tensor& tensor) = 0;
  virtual void unmap(const Tensor& tensor) = 0;
  /// `to` row i = `from` row `rows[i]`. `from` must outlive the next `wait()`; `rows` is copied.
  virtual void gather(HostMatrix from, std::span<const std::uint32_t> rows, const Tensor& to) = 0;
  /// The same, after all that was submitted so far and beside what is submitted from now on, until
  /// `join`: only then `to` may be used. `from` must outlive the `wait()` after that.
  virtual void gather_ahead(HostMatrix from, std::span<const std::uint32_t> rows,
                            const Tensor& to) {
    gather(from, rows, to);
  }
  /// What is submitted from now on comes after all that was gathered ahead.
  virtual void join() {}
  /// `to` <- what `make` writes: all values of the view it is given. It may be called at any time
  /// until `wait()` returns, on any thread.
  virtual void write(const std::function<void(const View&)>& make, const Tensor& to) = 0;
  /// Of this queue so far.
  virtual Traffic traffic() const { return {}; }

  // --- element-wise; shapes equal unless said ---
  virtual void copy(const Tensor& from, const Tensor& to) = 0;
  virtual void fill(const Tensor& to, float value) = 0;
  /// y <- y + a x. a = 0 leaves y as it is, bit for bit.
  virtual void axpy(float a, const Tensor& x, const Tensor& y) = 0;
  /// y <- a x + b y
  virtual void axpby(float a, const Tensor& x, float b, const Tensor& y) = 0;
  /// y <- a x*x + b y
  virtual void axpby_square(float a, const Tensor& x, float b, const Tensor& y) = 0;
  virtual void scale(float a, const Tensor& y) = 0;
  /// y <- y * x. `x` may be one row, used for every row of y, or one column, for every column.
  virtual void multiply(const Tensor& x, const Tensor& y) = 0;
  /// y <- sign(x) in {-1, 0, 1}; sign(0) = 0, sign(NaN) = NaN. x and y may be the same.
  virtual void sign(const Tensor& x, const Tensor& y) = 0;
  /// y <- min(max(y, low), high)
  virtual void clamp(float low, float high, const Tensor& y) = 0;
  /// y <- centre + min(max(y - centre, -radius), radius); |y - centre| <= radius in exact terms
  /// up to one unit in the last place of y; entries already inside keep their bits.
  virtual void clamp_around(const Tensor& centre, float radius, const Tensor& y) = 0;
  /// y <- mask == 0 ? x : y, bit for bit. `mask` may be one row.
  virtual void restore(const Tensor& mask, const Tensor& x, const Tensor& y) = 0;
  /// w <- w - a m / (sqrt(v) b + epsilon); the last line of Adam.
  virtual void adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon,
                             const Tensor& w) = 0;
  /// y <- x * factor. `factor` may be one row, used for every row.
  virtual void times(const Tensor& x, const Tensor& factor, const Tensor& y) = 0;

  // --- several of the above in one sweep, with the bits of one after the other
  // (docs/decisions/0013-one-sweep.md) ---
  /// Coefficients of `adam_step`.
  struct AdamStep {
    float shrink = 1;                       ///< of the weights, before anything else
    float mean_new = 0, mean_kept = 1;      ///< what comes to the mean, and what stays of it
    float square_new = 0, square_kept = 1;  ///< the same of the mean square
    float rate = 0, root_factor = 1, epsilon = 0;
  };
  /// With gradient g, mean m, mean square v and weights w:
  /// w <- shrink w, m <- mean_new g + mean_kept m, v <- square_new g*g + square_kept v,
  /// w <- w - rate m / (sqrt(v) root_factor + epsilon).
  virtual void adam_step(const AdamStep& step, const Tensor& gradient, const Tensor& mean,
                         const Tensor& square, const Tensor& weights) = 0;
  /// y <- y + a sign(slope), then `clamp_around` unless `centre` is empty. a = 0 adds nothing, as
  /// in `axpy`.
  virtual void signed_step(float a, const Tensor& slope, const Tensor& centre, float radius,
                           const Tensor& y) = 0;

  // --- random; flat buffers: one row, logical index, padding untouched ---
  /// y <- uniform in [low, high). `row_ids` has one entry a row, and is copied.
  virtual void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
                       const Tensor& y) = 0;
  /// y <- mean 0, standard deviation `sigma`
  virtual void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma,
                      const Tensor& y) = 0;

  // --- reductions; fixed order ---
  /// Waits.
  virtual double dot(const Tensor& x, const Tensor& y) = 0;
  /// out[r] <- sqrt(sum_c x[r,c]^2); `out` is rows x 1
  virtual void row_norms(const Tensor& x, const Tensor& out) = 0;
  /// x[r] <- factor of x[r], of `a` and, if it is given, of share[r]; without it that is 1.
  /// x and `share` are rows x 1.
  virtual void row_factors(RowFactor kind, double a, const Tensor& share, const Tensor& x) = 0;
  /// y <- y norm / |y| where the Euclidean norm |y| of all of y is above `norm`.
  virtual void clip(double norm, const Tensor& y) = 0;
  /// chosen[i] <- 1 for the `count` entries with the smallest keys among those with from[i] != 0,
  /// and 0 for all others. Of equal keys (-0 and 0 are) the first are taken, NaN last, and where
  /// there are fewer, all. Exact: the same bits on every device. Any of the three may be the same.
  virtual void choose_smallest(const Tensor& keys, const Tensor& from, std::size_t count,
                               const Tensor& chosen) = 0;

  // --- layers ---
  /// c <- a b (+ c), with at most one operand read transposed. oneDNN matmul; primitives are made
  /// once a shape and kept. For Transpose::first the sum runs over rows (a weight gradient): cut
  /// into shards by the number of rows, added in a fixed tree. Every precision is possible where
  /// oneDNN has it; what is worth it is asked of `precision_here`.
  virtual void matmul(const Tensor& a, const Tensor& b, const Tensor& c, Transpose transpose,
                      MatmulOptions how = {}) = 0;
  /// y[r,:] <- y[r,:] + row[0,:]
  virtual void add_row(const Tensor& row, const Tensor& y) = 0;
  /// out[0,:] <- sum over rows of x
  virtual void column_sums(const Tensor& x, const Tensor& out) = 0;
  /// y <- (x - mean) * factor; `mean` and `factor` are one row
  virtual void standardise(const Tensor& x, const Tensor& mean, const Tensor& factor,
                           const Tensor& y) = 0;
  /// y <- f(x). `slope`: of leaky ReLU below zero; alpha of ELU; others have none.
  virtual void activate(Activation kind, float slope, const Tensor& x, const Tensor& y) = 0;
  /// What follows a product, in one sweep: x <- x + row, y <- f(x), derivative <- f'(x). `row` (one
  /// row) and `derivative` may be empty; then x is only read, and nothing is kept. The bits are
  /// those of `add_row`, `activate` and `activate_backward`.
  virtual void activate_keeping(Activation kind, float slope, const Tensor& row, const Tensor& x,
                                const Tensor& y, const Tensor& derivative) = 0;
  /// dx <- dy * f'(x)
  virtual void activate_backward(Activation kind, float slope, const Tensor& x, const Tensor& dy,
                                 const Tensor& dx) = 0;
  /// dx' <- dy' f'(x) + dy f''(x) x', the tangent of `activate_backward`
  virtual void activate_second(Activation kind, float slope, const Tensor& x,
                               const Tensor& x_tangent, const Tensor& dy, const Tensor& dy_tangent,
                               const Tensor& dx_tangent) = 0;

  /// One row each, one entry a feature. `mean`, `inverse_deviation`: of this batch, kept for the
  /// backward pass (training), or made from the running statistics (inference).
  struct BatchNorm {
    Tensor gamma, beta, running_mean, running_variance, mean, inverse_deviation;
    float epsilon = 1e-5F;
    float momentum = 0.1F;  ///< weight of the new batch; variance enters unbiased (n - 1)
  };
  /// Normalises with the batch's own statistics (biased variance), as PyTorch; touches the running
  /// ones only when `update`. One row has no variance: it gives beta, and the running statistics
  /// stay as they are.
  virtual void batch_norm_train(const BatchNorm& norm, bool update, const Tensor& x,
                                const Tensor& y) = 0;
  virtual void batch_norm_inference(const BatchNorm& norm, const Tensor& x, const Tensor& y) = 0;
  /// `train`: statistics depend on x. dgamma, dbeta may be empty. dx may be empty.
  virtual void batch_norm_backward(const BatchNorm& norm, bool train, const Tensor& x,
                                   const Tensor& dy, const Tensor& dx, const Tensor& dgamma,
                                   const Tensor& dbeta) = 0;

  /// How the operands of a normalisation move; empty where they do not.
  struct NormTangent {
    Tensor x, gamma, beta;
  };
  /// y' <- how y of the forward operation moves, after it; `train`: it was `batch_norm_train`.
  virtual void batch_norm_tangent(const BatchNorm& norm, const NormTangent& direction, bool train,
                                  const Tensor& x, const Tensor& y_tangent) = 0;
  /// `dy` and how it moves; to be written: how dx, dgamma and dbeta move. Those may be empty.
  struct NormGradients {
    Tensor dy, dy_tangent, dx_tangent, dgamma_tangent, dbeta_tangent;
  };
  /// The tangent of `batch_norm_backward`.
  virtual void batch_norm_backward_tangent(const BatchNorm& norm, const NormTangent& direction,
                                           bool train, const Tensor& x,
                                           const NormGradients& gradients) = 0;

  /// Of the columns, over all rows seen so far: one row each, and `rows_seen` 1 x 1.
  struct RunningMoments {
    Tensor mean, variance, factor, rows_seen;
  };
  /// Takes the rows of x into the moments, unless `most_rows` or more have been seen before
  /// (Welford's formula for batches: Chan, Golub and LeVeque, The American Statistician 37 (1983)
  /// 242). factor <- 1 / (sqrt(variance) + 1e-8), or 1 where a column does not vary.
  virtual void follow_moments(const RunningMoments& moments, std::size_t most_rows,
                              const Tensor& x) = 0;

  /// One row each, one entry a feature.
  struct LayerNorm {
    Tensor gamma, beta;
    float epsilon = 1e-5F;
  };
  /// y <- gamma (x - mean) / sqrt(variance + epsilon) + beta, with the mean and the biased variance
  /// of each row.
  virtual void layer_norm(const LayerNorm& norm, const Tensor& x, const Tensor& y) = 0;
  /// dx, dgamma, dbeta may be empty.
  virtual void layer_norm_backward(const LayerNorm& norm, const Tensor& x, const Tensor& dy,
                                   const Tensor& dx, const Tensor& dgamma, const Tensor& dbeta) = 0;
  /// The tangents of both, as for batch normalisation.
  virtual void layer_norm_tangent(const LayerNorm& norm, const NormTangent& direction,
                                  const Tensor& x, const Tensor& y_tangent) = 0;
  virtual void layer_norm_backward_tangent(const LayerNorm& norm, const NormTangent& direction,
                                           const Tensor& x, const NormGradients& gradients) = 0;

  // --- losses: one value a row, never reduced. Labels and values are rows x 1, outputs and
  // gradients rows x columns; of values and gradient either may be empty ---
  /// One column. values[r] <- softplus(z) - y z (binary cross-entropy with logits);
  /// gradient[r] <- sigmoid(z) - y
  virtual void bce_with_logits(const Tensor& logits, const Tensor& labels, const Tensor& values,
                               const Tensor& gradient) = 0;
  /// gradient'[r] <- sigmoid(z) (1 - sigmoid(z)) z'[r], the tangent of the gradient
  virtual void bce_with_logits_tangent(const Tensor& logits, const Tensor& logits_tangent,
                                       const Tensor& gradient_tangent) = 0;
  /// One column a class, labels 0, 1, ...: values[r] <- log(sum_c exp(z[r,c])) - z[r,y];
  /// gradient[r,c] <- p[c] - (c == y), with p = softmax(z[r,:]). NaN where there is no class y.
  virtual void cross_entropy(const Tensor& logits, const Tensor& labels, const Tensor& values,
                             const Tensor& gradient) = 0;
  /// gradient'[r,c] <- p[c] (z'[r,c] - sum_k p[k] z'[r,k])
  virtual void cross_entropy_tangent(const Tensor& logits, const Tensor& logits_tangent,
                                     const Tensor& gradient_tangent) = 0;
  /// values[r] <- z[r,y]; gradient[r,c] <- (c == y). NaN where there is no class y.
  virtual void logit_of_label(const Tensor& logits, const Tensor& labels, const Tensor& values,
                              const Tensor& gradient) = 0;
  /// One column. values[r] <- (z - y)^2, without a factor 1/2, as PyTorch's MSELoss;
  /// gradient[r] <- 2 (z - y), whose tangent is 2 z'
  virtual void squared_error(const Tensor& outputs, const Tensor& targets, const Tensor& values,
                             const Tensor& gradient) = 0;
  /// One column. With d = z - y: values[r] <- d^2 / 2 where |d| < delta, delta (|d| - delta / 2)
  /// elsewhere, as PyTorch's HuberLoss; gradient[r] <- d, at most delta away from 0
  virtual void huber(const Tensor& outputs, const Tensor& targets, float delta,
                     const Tensor& values, const Tensor& gradient) = 0;
  /// gradient'[r] <- z'[r] where |d| < delta, 0 elsewhere
  virtual void huber_tangent(const Tensor& outputs, const Tensor& targets, float delta,
                             const Tensor& outputs_tangent, const Tensor& gradient_tangent) = 0;

  /// out[0,0] <- sum_r w[r] x[r] / sum_r |w[r]|. Weights may be negative; over their plain sum,
  /// a batch in which they nearly cancel would count many times.
  virtual void weighted_mean(const Tensor& x, const Tensor& weights, const Tensor& out) = 0;
  /// weights[r] <- weights[r] / sum_r |weights[r]|; refuses nothing: weights that are all zero give
  /// non-finite ones.
  virtual void normalise_weights(const Tensor& weights) = 0;
};

/// Maps a tensor for the life of this object.
class Mapped {
 public:
  Mapped(Queue& queue, const Tensor& tensor)
      : queue_{queue}, tensor_{tensor}, view_{queue.map(tensor)} {}
  ~Mapped() { queue_.unmap(tensor_); }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;

  const View& operator*() const { return view_; }
  const View* operator->() const { return &view_; }

 private:
  Queue& queue_;
  Tensor tensor_;
  View view_;
};

}  // namespace steppe::compute
