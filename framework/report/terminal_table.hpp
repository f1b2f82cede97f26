// The summary as a table for people, in plain text.
#pragma once

#include "framework/report/summary.hpp"

#include <cstddef>
#include <string>

namespace steppe::report {

/// "0.97713 +- 0.00042": digits by the uncertainty's second one; "(3.10 +- 0.12)e-07" where it is
/// below 1e-6 or the number has more than nine digits before the point; "0.5 +- 1.1e-17" of
/// rounding.
std::string with_error(double value, double error, const char* sign = "+-");

/// One line a point, one column a quantity; below it the differences between test sets and the
/// gains over no attack, with their significance by Student's t; then metrics of the whole study
/// and the sharpness. A table wider than `width` characters goes on below itself, its coordinates
/// again in front; long coordinates are shortened, numbers never.
std::string terminal_table(const Summary& summary, std::size_t width);

}  // namespace steppe::report
