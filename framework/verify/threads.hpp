// The same work on one thread and on several: what a stage gives must not tell which.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::verify {

/// Events at once for which bytes are compared: one shard of rows, and several.
inline constexpr std::array<std::size_t, 2> events_on_threads{128, 1000};
/// Toy jets of a class that are enough for a training split of so many.
inline constexpr std::size_t jets_on_threads = 1000;

/// `work()` on at most `count` threads, more than there are cores if need be.
template <class Work>
auto on_threads(std::size_t count, const Work& work) {
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism, count};
  return tbb::task_arena{static_cast<int>(count)}.execute(work);
}

/// What is wrong where the values of `work()` are not the same bytes on 1, 2 and 4 threads, or "".
template <class Work>
std::string fault_of_threads(const Work& work) {
  const auto one = on_threads(1, work);
  const auto bytes = std::as_bytes(std::span{one});
  for (const std::size_t threads : {2, 4}) {
    const auto several = on_threads(threads, work);
    if (!std::ranges::equal(std::as_bytes(std::span{several}), bytes))
      return fmt::format("on {} threads it gives other bytes than on one", threads);
  }
  return "";
}

}  // namespace steppe::verify
