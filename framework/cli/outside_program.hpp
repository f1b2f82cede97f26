// Other programs that are asked something.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace steppe::cli {

/// What a program of the PATH prints to stdout; no shell is between. Nothing when it is not there,
/// fails, or is not done in time; then it is ended. What it says to stderr is nobody's.
std::optional<std::string> output_of(std::vector<std::string> command,
                                     std::chrono::duration<double> at_most);

}  // namespace steppe::cli
