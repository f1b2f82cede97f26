// What a layer is held to: its backward is the derivative of its forward.
#pragma once

#include "framework/plugin/catalogue.hpp"

#include <string>

namespace steppe::verify {

/// Compares `backward` in double, entry by entry of inputs and weights, with `forward` on dual
/// numbers, to a part in 10^10. @pre no setting is required. @returns what is wrong, or "".
std::string fault_of_backward(const plugin::StageInfo& layer);

}  // namespace steppe::verify
