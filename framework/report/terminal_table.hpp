// The summary as a table for people, in plain text.
#pragma once

#include "framework/report/summary.hpp"

#include <string>

namespace steppe::report {

/// "0.97713 +- 0.00042": digits by the uncertainty's second one.
std::string with_error(double value, double error, const char* sign = "+-");

/// One line a point, one column a quantity; below it the differences between test sets and the
/// gains over no attack, with their significance by Student's t; then metrics of the whole study
/// and the sharpness.
std::string terminal_table(const Summary& summary);

}  // namespace steppe::report
