// Work of a reader on all threads of the run: oneTBB's, of which `steppe run --threads` says how
// many.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <vector>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe {

/// `work(0)` ... `work(count - 1)` in any order, with this thread's treatment of subnormal numbers;
/// returns when all are done. @throws what was thrown for the lowest number.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  using Context = tbb::task_group_context;
  Context context{Context::isolated, Context::default_traits | Context::fp_settings};
  std::vector<std::exception_ptr> failures(count);
  // oneTBB orders what is before, inside and behind a loop; these say so to ThreadSanitizer, which
  // does not see into the library.
  std::atomic<bool> begun = false;
  std::atomic<std::size_t> ended = 0;
  begun.store(true, std::memory_order_release);
  // A waiting thread takes up nothing else.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(
        std::size_t{0}, count,
        [&](std::size_t index) {
          (void)begun.load(std::memory_order_acquire);
          try {
            work(index);
          } catch (...) {
            failures[index] = std::current_exception();
          }
          ended.fetch_add(1, std::memory_order_release);
        },
        context);
  });
  (void)ended.load(std::memory_order_acquire);
  for (const auto& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

}  // namespace steppe
