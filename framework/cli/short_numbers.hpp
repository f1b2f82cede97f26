// Durations and rates for people.
#pragma once

#include <string>

namespace steppe::cli {

/// "12s", "3m05s", "2h10m"
std::string short_duration(double seconds);
/// 1234567 -> "1.2M"
std::string short_rate(double value);

}  // namespace steppe::cli
