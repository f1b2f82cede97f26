// Steps of optimizers and attacks, one value at a time, as their papers write them.
#pragma once

#include "framework/compute/device.hpp"

#include <algorithm>
#include <cmath>

namespace steppe::reference {

/// One weight of Adam (arXiv:1412.6980, algorithm 1, with the coefficients worked out).
struct AdamValue {
  double weight, mean, square;

  AdamValue after(const compute::Queue::AdamStep& c, double gradient) const {
    const double m =
        static_cast<double>(c.mean_new) * gradient + static_cast<double>(c.mean_kept) * mean;
    const double v = static_cast<double>(c.square_new) * gradient * gradient +
                     static_cast<double>(c.square_kept) * square;
    const double root = std::sqrt(v) * static_cast<double>(c.root_factor);
    const double step = static_cast<double>(c.rate) * m / (root + static_cast<double>(c.epsilon));
    return {weight * static_cast<double>(c.shrink) - step, m, v};
  }
};

/// One value of projected gradient descent in the max norm (arXiv:1706.06083).
inline double signed_step(double a, double slope, double centre, double radius, double y) {
  const double moved = y + a * static_cast<double>((slope > 0) - (slope < 0));
  return centre + std::clamp(moved - centre, -radius, radius);
}

}  // namespace steppe::reference
