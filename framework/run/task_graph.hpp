// Pieces of work that need each other, run on oneTBB: one starts when all it needs is done and it
// fits into the memory there is; when one fails, what needs it is left out and the others go on.
#pragma once

#include "framework/compute/handover.hpp"
#include "framework/run/admission.hpp"
#include "framework/run/memory.hpp"
#include "framework/run/observer.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <oneapi/tbb/task_group.h>

namespace steppe::run {

/// The task that this thread is at; null outside of tasks. A signal handler may ask.
const char* task_at_work();

/// Thrown by work that another process does now: it is started again, when everything else is done.
class Later : public std::exception {};

class TaskGraph {
 public:
  /// `cancelled`: no task starts any more once it says so. Both outlive the graph.
  TaskGraph(Observer& observer, std::function<bool()> cancelled)
      : observer_{observer}, cancelled_{std::move(cancelled)} {}

  /// `work` gives a line about what it did. `needs`: tasks added before. `memory` is asked when the
  /// task could start, and once more behind it where it did not know what stays; none: it needs
  /// nothing worth counting.
  /// @returns its index.
  std::size_t add(std::string name, std::function<std::string()> work,
                  const std::set<std::size_t>& needs, std::function<MemoryNeed()> memory = {});
  /// Called at each failure. [any thread]
  void on_failure(std::function<void()> tell) { on_failure_ = std::move(tell); }

  const std::string& name(std::size_t task) const { return tasks_[task].name; }
  /// Why a task failed; empty when it did not, or never started.
  const std::string& failure(std::size_t task) const { return tasks_[task].failure; }
  std::size_t size() const { return tasks_.size(); }

  /// Runs everything on at most `threads` threads (0: all cores) and returns when all is done.
  /// `memory`: what tasks at work and what is kept of others may need together, in bytes, by their
  /// own estimate; a task that does not fit runs with nothing beside it. 0: no limit.
  void run(int threads, std::uint64_t memory = 0);

 private:
  struct Task {
    std::string name;
    std::function<std::string()> work;
    std::function<MemoryNeed()> memory;
    std::function<void()> body;  ///< `work` and what follows from it
    std::vector<std::size_t> needs, dependents;
    std::atomic<int> waiting_for{0};
    std::atomic<bool> blocked{false};  ///< something it needs was not done
    std::string failure;
    MemoryNeed need;        ///< as it was counted
    std::size_t users = 0;  ///< dependents that are not done
    compute::Handover started;
  };

  void start(std::size_t task);
  void spawn_task(std::size_t task);
  void spawn_admitted();
  void count_out(std::size_t task, bool is_done);
  void run_task(std::size_t index);
  /// @returns false when it is for later.
  bool do_work(Task& task);
  std::vector<std::size_t> take_later();

  Observer& observer_;
  std::function<bool()> cancelled_;
  std::function<void()> on_failure_;
  std::deque<Task> tasks_;
  std::mutex mutex_;
  std::vector<std::size_t> later_;
  std::uint64_t limit_ = 0;
  std::optional<Admission> admission_;  ///< none: all that is ready may start
  std::set<std::size_t> ready_;         ///< and not admitted
  tbb::task_group group_;
  compute::Handover finished_;
};

}  // namespace steppe::run
