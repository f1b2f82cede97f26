// What one core can do: the yardstick for how fast anything is.
#pragma once

namespace steppe::compute {

/// Products and sums of floats (f32) on this thread, all operands in registers, in 10^9 operations
/// a second; a multiplication and an addition are two. The best of a few moments of a quarter of a
/// millisecond, so that what else runs on the machine hardly counts; its clock does.
double peak_gflops();

}  // namespace steppe::compute
