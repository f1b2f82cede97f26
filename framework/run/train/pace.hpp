// Who holds the steps of a training back, times them, or ends it.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/network/network.hpp"

#include <cstddef>

namespace steppe::run {

class Pace {
 public:
  virtual ~Pace() = default;
  /// Before each batch of a training is gathered, in its thread. `so_far`: the passes of its steps
  /// and attacks, those of validation not among them. `events`: of the batch that comes; 0: the
  /// epoch has no more. @throws plugin::Cancelled to end the training.
  virtual void next(compute::Queue& queue, const network::Work& so_far, std::size_t events) = 0;
};

}  // namespace steppe::run
