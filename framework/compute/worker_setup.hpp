// What a thread needs before it may compute.
#pragma once

namespace steppe::compute {

/// Makes this thread flush subnormal numbers to zero and call oneDNN with one OpenMP thread.
///
/// Subnormals cost a hundred cycles each and appear in every converging gradient. OpenMP teams
/// under oneTBB oversubscribe the cores: a product takes up to ten times as long.
///
/// Called where work enters a thread (every operation, every shard), not once a thread: oneTBB
/// gives each task the floating-point mode of whoever made its arena, so what a worker was told
/// when it started does not last. Costs a few cycles when there is nothing to do.
void prepare_thread();

}  // namespace steppe::compute
