// A task of oneTBB, with ThreadSanitizer told where it begins and ends
// (framework/compute/handover.hpp). What the closure holds are references to what was there before
// `give`.
#pragma once

#include "framework/compute/handover.hpp"

#include <functional>

#include <oneapi/tbb/task_group.h>

namespace steppe::run {

/// `work` on any thread. All arguments outlive the task.
inline void spawn(tbb::task_group& group, const compute::Handover& started,
                  const compute::Handover& finished, const std::function<void()>& work) {
  started.give();
  group.run([&started, &finished, &work] {
    started.take();
    const compute::Handover::Giver at_end{finished};
    work();
  });
}

}  // namespace steppe::run
