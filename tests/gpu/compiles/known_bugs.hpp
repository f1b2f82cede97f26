// Primitives of oneDNN that Steppe does without; most of them Intel's driver in Debian 12 cannot
// compile (docs/gpu.md).
#pragma once

#include "framework/compute/gpu/card.hpp"

#include "tasks.hpp"

namespace steppe::testing {

/// Makes each of them, where oneDNN is 2.x; 3.x was never seen with such an engine.
void make_unused_primitives(Tasks& tasks, const dnnl::engine& engine);

}  // namespace steppe::testing
