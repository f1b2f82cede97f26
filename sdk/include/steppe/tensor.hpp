// A tensor handle: float32, rows x columns, wherever the device keeps it.
//
// `host()` gives a span and is right everywhere; the operations keep the data on the device and are
// fast everywhere.
#pragma once

#include <steppe/abi.h>
#include <steppe/error.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace steppe {

/// Host access to a tensor while this object lives.
class HostView {
 public:
  HostView(const steppe_host* host, steppe_tensor* tensor) : host_{host}, tensor_{tensor} {
    std::uint64_t rows = 0, columns = 0;
    host_->operations->shape(tensor_, &rows, &columns);
    rows_ = rows;
    columns_ = columns;
    std::uint64_t stride = 0;
    detail::check(host_->operations->map(host_, tensor_, &data_, &stride));
    stride_ = stride;
  }
  ~HostView() { host_->operations->unmap(host_, tensor_); }
  HostView(const HostView&) = delete;
  HostView& operator=(const HostView&) = delete;

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::span<float> row(std::size_t index) const { return {data_ + index * stride_, columns_}; }

 private:
  const steppe_host* host_;
  steppe_tensor* tensor_;
  float* data_ = nullptr;
  std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
};

namespace detail {

/// An entry of a table that grows at its end; null where a host is older and its table ends before.
template <class Table, class Entry>
Entry entry_of(const Table& table, Entry Table::*entry) {
  const auto* begin = reinterpret_cast<const std::byte*>(&table);
  const auto* at = reinterpret_cast<const std::byte*>(&(table.*entry));
  const bool has = table.size >= static_cast<std::size_t>(at - begin) + sizeof(Entry);
  return has ? table.*entry : nullptr;
}

}  // namespace detail

/// Coefficients of `Tensor::adam_step`, with gradient g, mean m, mean square v, weights w:
///   w <- shrink w,  m <- mean_new g + mean_kept m,  v <- square_new g*g + square_kept v,
///   w <- w - rate m / (sqrt(v) root_factor + epsilon)
struct Adam {
  float shrink = 1;
  float mean_new = 0, mean_kept = 1;
  float square_new = 0, square_kept = 1;
  float rate = 0, root_factor = 1, epsilon = 0;
};

/// A handle; copies name the same tensor. Valid during the call it was passed to.
class Tensor {
 public:
  Tensor() = default;
  Tensor(const steppe_host* host, steppe_tensor* handle) : host_{host}, handle_{handle} {}
  /// A tensor the host only lends for reading.
  Tensor(const steppe_host* host, const steppe_tensor* handle)
      : host_{host}, handle_{const_cast<steppe_tensor*>(handle)} {}

  explicit operator bool() const { return handle_ != nullptr; }
  steppe_tensor* handle() const { return handle_; }
  std::size_t rows() const { return shape().first; }
  std::size_t columns() const { return shape().second; }
  /// The named matrices of a flat buffer; empty for anything else.
  std::span<const steppe_segment> segments() const {
    const steppe_segment* items = nullptr;
    std::size_t count = 0;
    operations().segments(handle_, &items, &count);
    return {items, count};
  }

  /// Waits for the device and gives the values; changes are seen by what follows.
  HostView host() const { return {host_, handle_}; }

  /// A scratch tensor of this shape; the host takes it back after the call.
  Tensor like() const {
    steppe_tensor* out = nullptr;
    detail::check(operations().create_like(host_, handle_, &out));
    return {host_, out};
  }
  /// A scratch tensor of one column with as many rows.
  Tensor column() const {
    steppe_tensor* out = nullptr;
    detail::check(operations().create(host_, rows(), 1, &out));
    return {host_, out};
  }
  Tensor clone() const {
    auto out = like();
    out.copy_from(*this);
    return out;
  }

  /// A tensor of this shape, zero, that keeps its values between the calls of a stage: for the
  /// state of an attack, which it outlives.
  Tensor kept_like() const {
    steppe_tensor* out = nullptr;
    detail::check(entry(&steppe_operations::create_kept)(host_, handle_, &out));
    return {host_, out};
  }

  // Operations on this tensor, y. Shapes are equal unless said.
  void copy_from(const Tensor& x) const { did(operations().copy(host_, x.handle_, handle_)); }
  void fill(float value) const { did(operations().fill(host_, value, handle_)); }
  /// y <- y + a x; a = 0 leaves y as it is, bit for bit
  void add(float a, const Tensor& x) const { did(operations().axpy(host_, a, x.handle_, handle_)); }
  /// y <- a x + b y
  void combine(float a, const Tensor& x, float b) const {
    did(operations().axpby(host_, a, x.handle_, b, handle_));
  }
  /// y <- a x*x + b y
  void combine_square(float a, const Tensor& x, float b) const {
    did(operations().axpby_square(host_, a, x.handle_, b, handle_));
  }
  void scale(float a) const { did(operations().scale(host_, a, handle_)); }
  /// y <- y * x; x may be one row or one column
  void multiply(const Tensor& x) const { did(operations().multiply(host_, x.handle_, handle_)); }
  /// y <- sign(y), sign(0) = 0
  void sign() const { did(operations().sign(host_, handle_, handle_)); }
  void clamp(float low, float high) const { did(operations().clamp(host_, low, high, handle_)); }
  /// y <- the point of the box |y - centre| <= radius nearest to y
  void clamp_around(const Tensor& centre, float radius) const {
    did(operations().clamp_around(host_, centre.handle_, radius, handle_));
  }
  /// y <- y - a m / (sqrt(v) b + epsilon)
  void adaptive_step(float a, const Tensor& m, float b, const Tensor& v, float epsilon) const {
    did(operations().adaptive_step(host_, a, m.handle_, b, v.handle_, epsilon, handle_));
  }
  /// All of Adam in one sweep over the weights y, their gradient, its mean and its mean square:
  /// scale, combine, combine_square and adaptive_step with these coefficients, bit for bit. A host
  /// that has no such operation does the four.
  void adam_step(const Adam& c, const Tensor& gradient, const Tensor& mean,
                 const Tensor& square) const {
    if (const auto fused = detail::entry_of(operations(), &steppe_operations::adam_step)) {
      const steppe_adam all{sizeof(steppe_adam), c.shrink, c.mean_new,    c.mean_kept, c.square_new,
                            c.square_kept,       c.rate,   c.root_factor, c.epsilon};
      return did(fused(host_, &all, gradient.handle_, mean.handle_, square.handle_, handle_));
    }
    scale(c.shrink);
    mean.combine(c.mean_new, gradient, c.mean_kept);
    square.combine_square(c.square_new, gradient, c.square_kept);
    adaptive_step(c.rate, mean, c.root_factor, square, c.epsilon);
  }
  /// y <- y + a sign(slope), in one sweep where the host has it. The slope is used up.
  void signed_step(float a, const Tensor& slope) const { signed_step(a, slope, {}, 0.0F); }
  /// The same, and back to the nearest point of the box |y - centre| <= radius.
  void signed_step(float a, const Tensor& slope, const Tensor& centre, float radius) const {
    if (const auto fused = detail::entry_of(operations(), &steppe_operations::signed_step))
      return did(fused(host_, a, slope.handle_, centre.handle_, radius, handle_));
    slope.sign();
    add(a, slope);
    if (centre) clamp_around(centre, radius);
  }
  double dot(const Tensor& x) const {
    double out = 0;
    did(operations().dot(host_, handle_, x.handle_, &out));
    return out;
  }
  /// Mean of all values of a tensor that is no flat buffer.
  double mean() const {
    const auto view = host();
    double sum = 0;
    for (std::size_t r = 0; r < view.rows(); ++r)
      for (const float x : view.row(r)) sum += static_cast<double>(x);
    return sum / static_cast<double>(view.rows() * view.columns());
  }
  double norm() const { return std::sqrt(dot(*this)); }
  /// `lengths` (rows x 1) <- the Euclidean norm of each row of y
  void row_norms(const Tensor& lengths) const {
    did(operations().row_norms(host_, handle_, lengths.handle_));
  }
  // Of a column of lengths, one a row, what rows are to be multiplied by; in double, rounded once.
  /// y[r] <- 1 / (y[r] + floor), or 0 where y[r] + floor is no length: smaller than any normal
  /// float, or NaN
  void to_inverse(double floor = 0.0) const { to_inverse(floor, Tensor{}); }
  /// The same times share[r]; 1 where `share` is empty.
  void to_inverse(double floor, const Tensor& share) const {
    row_factors(STEPPE_INVERSE, floor, share);
  }
  /// y[r] <- 1 where y[r] <= radius, else radius / y[r]
  void to_shrink(double radius) const { row_factors(STEPPE_SHRINK, radius, Tensor{}); }
  /// y[r] <- 1 where y[r] <= radius, else 0
  void to_inside(double radius) const { row_factors(STEPPE_INSIDE, radius, Tensor{}); }
  /// y <- mask == 0 ? x : y, bit for bit; `mask` may be one row
  void choose(const Tensor& mask, const Tensor& x) const {
    did(operations().choose(host_, mask.handle_, x.handle_, handle_));
  }
  /// y[i] <- 1 for the `count` entries with the smallest keys among those with from[i] != 0, 0 for
  /// all others; of equal keys the first, NaN last, all where there are fewer. y may be either.
  void choose_smallest(const Tensor& keys, const Tensor& from, std::uint64_t count) const {
    did(entry(&steppe_operations::choose_smallest)(host_, keys.handle_, from.handle_, count,
                                                   handle_));
  }
  /// Row r draws from the stream of `row_ids[r]`.
  void fill_uniform(steppe_random random, std::span<const std::uint64_t> row_ids, float low,
                    float high) const {
    did(operations().uniform(host_, random, row_ids.data(), low, high, handle_));
  }
  void fill_normal(steppe_random random, std::span<const std::uint64_t> row_ids,
                   float sigma) const {
    did(operations().normal(host_, random, row_ids.data(), sigma, handle_));
  }

 private:
  const steppe_operations& operations() const { return *host_->operations; }
  template <class Entry>
  Entry entry(Entry steppe_operations::*which) const {
    const auto found = detail::entry_of(operations(), which);
    if (!found) throw Error{"this host is too old for the plugin", STEPPE_NOT_SUPPORTED};
    return found;
  }
  void row_factors(steppe_row_factor kind, double a, const Tensor& share) const {
    did(entry(&steppe_operations::row_factors)(host_, kind, a, share.handle_, handle_));
  }
  static void did(steppe_status status) { detail::check(status); }
  std::pair<std::uint64_t, std::uint64_t> shape() const {
    std::pair<std::uint64_t, std::uint64_t> out{0, 0};
    if (handle_) operations().shape(handle_, &out.first, &out.second);
    return out;
  }

  const steppe_host* host_ = nullptr;
  steppe_tensor* handle_ = nullptr;
};

}  // namespace steppe
