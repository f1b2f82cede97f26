// When a column of data can be scaled to deviation 1.
#pragma once

#include <cmath>

namespace steppe::compute {

/// Whether a column varies: rounding alone gives a constant one a tiny deviation.
inline bool varies(double mean, double deviation) {
  return deviation > 1e-6 * std::abs(mean) && deviation > 0;
}

}  // namespace steppe::compute
