#include "framework/compute/shards.hpp"

#include "framework/compute/handover.hpp"
#include "framework/compute/worker_setup.hpp"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::compute {

void run_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (tbb::this_task_arena::max_concurrency() == 1) {
    for (std::size_t index = 0; index < count; ++index) work(index);
    return;
  }
  const Handover begun, ended;
  begun.give();
  const Handover::Taker after{ended};
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t{0}, count, [&](std::size_t index) {
      begun.take();
      const Handover::Giver at_end{ended};
      prepare_thread();
      work(index);
    });
  });
}

}  // namespace steppe::compute
