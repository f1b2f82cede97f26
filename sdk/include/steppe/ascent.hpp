// What gradient attacks have in common: a step uphill, the way back into a ball around where they
// started, and the best point seen so far. All of it row by row, so that a batch of events and the
// flat weights (one row) are treated alike.
//
//   ascent::Walk walk{point, ascent::Norm::max};
//   for (int i = 0; i < steps; ++i) walk.climb(loss.gradient(point), alpha, epsilon);
#pragma once

#include <steppe/attack.hpp>

#include <cmath>
#include <cstdint>
#include <limits>

namespace steppe::ascent {

enum class Norm { max, l2 };

/// The ball of a norm, as an attack declares it.
constexpr Ball ball_of(Norm norm) { return norm == Norm::max ? Ball::max_norm : Ball::l2_norm; }

/// 1 / x, and 0 where that is no number: what a row without a gradient is to be scaled by.
inline double inverse(double x) {
  return x >= static_cast<double>(std::numeric_limits<float>::min()) ? 1.0 / x : 0.0;
}

/// `lengths` (rows x 1) <- sum of |x| of each row: for steps of another norm, such as
/// scale_rows(slope, lengths, [](std::size_t, double length) { return inverse(length); }). Waits
/// for the device. Euclidean norms are `Tensor::row_norms`.
inline void row_norms_l1(const Tensor& x, const Tensor& lengths) {
  const auto from = x.host();
  const auto to = lengths.host();
  for (std::size_t r = 0; r < from.rows(); ++r) {
    double sum = 0;
    for (const float value : from.row(r)) sum += std::abs(static_cast<double>(value));
    to.row(r)[0] = static_cast<float>(sum);
  }
}

/// Row r of y <- row r times factor(r, length of the row), by `lengths` (rows x 1), which becomes
/// the factors. Waits for the lengths; the rows stay on the device. Nothing waits for factors that
/// `Tensor` can make itself, such as `to_inverse`.
template <class Factor>
void scale_rows(const Tensor& y, const Tensor& lengths, const Factor& factor) {
  {
    const auto view = lengths.host();
    for (std::size_t r = 0; r < view.rows(); ++r) {
      float& value = view.row(r)[0];
      value = static_cast<float>(factor(r, static_cast<double>(value)));
    }
  }
  y.multiply(lengths);
}

namespace detail {

/// Row r of y <- row r times share[r] / (its length + floor); 0 where it has none. `lengths` is
/// scratch.
inline void divide_by_length(const Tensor& y, const Tensor& lengths, double floor = 0.0,
                             const Tensor& share = {}) {
  y.row_norms(lengths);
  lengths.to_inverse(floor, share);
  y.multiply(lengths);
}

/// Row r of y <- row r of x where `kept` (rows x 1) is 0, bit for bit. `mask` is scratch.
inline void choose_rows(const Tensor& kept, const Tensor& x, const Tensor& mask, const Tensor& y) {
  mask.fill(1.0F);
  mask.multiply(kept);
  y.choose(mask, x);
}

}  // namespace detail

/// Turns gradients into the unit steps that climb fastest in a norm: their signs, or each row
/// divided by its length + `floor`. A row without a gradient stays zero.
inline void uphill(const Tensor& slope, Norm norm, double floor = 0.0) {
  if (norm == Norm::max)
    slope.sign();
  else
    detail::divide_by_length(slope, slope.column(), floor);
}

/// Steps in a ball around the point where the walk began.
class Walk {
 public:
  Walk(const Point& point, Norm norm)
      : point_{point},
        norm_{norm},
        centre_{point.values().clone()},
        spare_{centre_.like()},
        lengths_{centre_.column()} {}

  /// Back to where the walk began, bit for bit.
  void restart() const { point_.values().copy_from(centre_); }

  /// To a random point of the ball: uniform in the box; in the Euclidean ball a uniform direction
  /// and a uniform length. Draws belong to rows, not to their places.
  void scatter(double radius, std::uint64_t epoch, std::uint64_t stream) const {
    const auto draw = [&](const char* purpose) {
      auto random = point_.host().random(purpose, epoch);
      random.stream = stream;
      return random;
    };
    const auto ids = point_.row_ids();
    if (norm_ == Norm::max)
      spare_.fill_uniform(draw("start"), ids, -1.0F, 1.0F);
    else
      spare_.fill_normal(draw("start"), ids, 1.0F);
    if (const auto mask = point_.mask()) spare_.multiply(mask);
    if (norm_ == Norm::l2) {
      const auto share = lengths_.like();
      share.fill_uniform(draw("start length"), ids, 0.0F, 1.0F);
      detail::divide_by_length(spare_, lengths_, 0.0, share);
    }
    restart();
    point_.values().add(static_cast<float>(radius), spare_);
    point_.project();
  }

  /// One step of this length along the gradient, which is used up.
  void step(const Tensor& slope, double length) const {
    if (norm_ == Norm::max) return point_.values().signed_step(static_cast<float>(length), slope);
    detail::divide_by_length(slope, lengths_);
    point_.values().add(static_cast<float>(length), slope);
  }

  /// A step, and back to the ball and to what is allowed, with the bits of `step` and `project`.
  void climb(const Tensor& slope, double length, double radius) {
    if (norm_ == Norm::max) {
      point_.values().signed_step(static_cast<float>(length), slope, centre_,
                                  static_cast<float>(radius));
      return point_.project();
    }
    step(slope, length);
    project(radius);
  }

  /// To the nearest point of the ball, and from there to what is allowed; rows inside keep their
  /// bits.
  void project(double radius) {
    to_ball(radius);
    point_.project();
  }

 private:
  void to_ball(double radius) {
    const auto& x = point_.values();
    if (norm_ == Norm::max) return x.clamp_around(centre_, static_cast<float>(radius));
    spare_.copy_from(x);
    spare_.add(-1.0F, centre_);
    spare_.row_norms(lengths_);
    const auto inside = lengths_.clone();
    inside.to_inside(radius);
    lengths_.to_shrink(radius);
    spare_.multiply(lengths_);
    spare_.add(1.0F, centre_);
    if (!mask_) mask_ = x.like();
    detail::choose_rows(inside, spare_, mask_, x);
  }

  const Point& point_;
  Norm norm_;
  Tensor centre_, spare_, lengths_, mask_;
};

/// The point with the highest value seen so far, row by row.
class Best {
 public:
  explicit Best(const Tensor& point)
      : point_{point.like()},
        mask_{point.like()},
        values_{point.column()},
        better_{point.column()},
        kept_{point.column()} {}

  /// Keeps the rows of a point whose values (rows x 1) are higher than any before; never one whose
  /// value is no number, unless it is the first.
  void offer(const Tensor& point, const Tensor& values) {
    if (!seen_) {
      point_.copy_from(point);
      values_.copy_from(values);
      seen_ = true;
      return;
    }
    better_.copy_from(values);
    better_.add(-1.0F, values_);
    better_.clamp(0.0F, std::numeric_limits<float>::infinity());
    better_.sign();
    kept_.fill(1.0F);
    kept_.add(-1.0F, better_);
    detail::choose_rows(kept_, point, mask_, point_);
    values_.choose(kept_, values);
  }

  const Tensor& point() const { return point_; }
  const Tensor& values() const { return values_; }

 private:
  Tensor point_, mask_, values_, better_, kept_;
  bool seen_ = false;
};

}  // namespace steppe::ascent
