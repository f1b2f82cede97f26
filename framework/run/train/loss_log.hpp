// Training losses, kept on the device until somebody asks: no step waits for its own loss.
#pragma once

#include "framework/compute/device.hpp"

#include <cstdint>
#include <string>

namespace steppe::run {

class LossLog {
 public:
  explicit LossLog(compute::Queue& queue);

  /// The 1 x 1 place for the loss of the next step, which has this number. May flush.
  compute::Tensor next(std::uint64_t step);
  /// Mean since the last call; NaN when there was no step. @throws RunError naming the first step
  /// whose loss is not finite.
  double take_mean();

 private:
  static constexpr std::size_t slots = 1024;

  void flush();

  compute::Queue& queue_;
  compute::Tensor losses_;  ///< slots x 1
  std::size_t used_ = 0;
  std::uint64_t first_step_ = 0;
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace steppe::run
