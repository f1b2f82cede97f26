// A histogram as a line of a figure: a bin is two points, at its edges and of one height. So its
// band has steps as well, and figures know of lines only.
#pragma once

#include "framework/report/plot.hpp"

#include <cmath>
#include <vector>

namespace steppe::report {

/// One bin as it is drawn; without an error where that is NaN.
struct Step {
  double low = 0, high = 0;  ///< edges
  double y = 0, error = NAN;
};

/// Whether a ratio is known well enough to be shown: to better than 0.5. Others tell nothing, and
/// their bands would hide the rest.
bool is_shown(const Step& ratio);
inline constexpr auto which_ratios =
    "Ratios are shown where they and what they refer to are known to better than 0.5";

/// Where neighbouring steps do not touch, the line is broken.
Series line_of(const std::vector<Step>& steps);

/// For a logarithmic axis: nothing stays below the power of ten under the smallest height.
void lift(std::vector<Series>& list);

}  // namespace steppe::report
