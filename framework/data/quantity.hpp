// Numbers as results hold them.
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace steppe::data {

/// A number with one standard deviation of uncertainty (NaN: none), or the reason why there is no
/// number.
struct Quantity {
  std::string name;
  double value = std::numeric_limits<double>::quiet_NaN();
  double uncertainty = std::numeric_limits<double>::quiet_NaN();
  std::string undefined;  ///< the reason; empty when `value` counts
};

struct Curve {
  std::string name, x_name, y_name;
  std::vector<double> x, y;
};

}  // namespace steppe::data
