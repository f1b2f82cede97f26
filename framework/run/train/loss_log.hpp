// Training losses, kept on the device until somebody asks: no step waits for its own loss, nor for
// that of any other of its epoch.
#pragma once

#include "framework/compute/device.hpp"

#include <cstdint>
#include <vector>

namespace steppe::run {

class LossLog {
 public:
  explicit LossLog(compute::Queue& queue) : queue_{queue} {}

  /// The 1 x 1 place for the loss of the next step, which has this number. Where memory is the
  /// host's own, it looks at what is there now and then, and throws as below.
  compute::Tensor next(std::uint64_t step);
  /// Mean since the last call; NaN when there was no step. @throws RunError naming the first step
  /// whose loss is not finite.
  double take_mean();

 private:
  static constexpr std::size_t slots = 1024;

  void flush();

  compute::Queue& queue_;
  std::vector<compute::Tensor> losses_;  ///< each slots x 1; far away as many as an epoch needs
  std::size_t used_ = 0;
  std::uint64_t first_step_ = 0;
  double sum_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace steppe::run
