// Events in units of each column's standard deviation, u = x / sigma: what an attack with unit =
// "sigma" moves, so that one epsilon is equally far in every column. A column that does not vary
// (sigma = 0) is not moved at all.
#pragma once

#include "framework/compute/device.hpp"

#include <vector>

namespace steppe::run {

class SigmaScale {
 public:
  /// One deviation a feature, room for `capacity` events.
  SigmaScale(compute::Queue& queue, const std::vector<float>& deviations, std::size_t capacity);

  /// Starts from events x0, which stay where they are. @returns u, to be moved.
  compute::Tensor begin(const compute::Tensor& events);
  /// to <- x0 + sigma (u - u0). What was not moved has the bits of x0.
  void to_events(const compute::Tensor& u, const compute::Tensor& events,
                 const compute::Tensor& to);
  /// A gradient with respect to x becomes one with respect to u.
  void scale_gradient(const compute::Tensor& gradient) { queue_.multiply(sigma_, gradient); }
  /// u <- u + shift / sigma. `shift` is used up.
  void add_shift(const compute::Tensor& shift, const compute::Tensor& u);

 private:
  compute::Queue& queue_;
  compute::Tensor sigma_, inverse_;  ///< one row
  compute::Tensor point_, start_, shift_;
};

}  // namespace steppe::run
