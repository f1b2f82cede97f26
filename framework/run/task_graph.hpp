// Pieces of work that need each other, run on oneTBB: one starts when all it needs is done; when
// one fails, what needs it is left out and the others go on.
#pragma once

#include "framework/compute/handover.hpp"
#include "framework/run/observer.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
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

  /// `work` gives a line about what it did. `needs`: tasks added before. @returns its index.
  std::size_t add(std::string name, std::function<std::string()> work,
                  const std::set<std::size_t>& needs);

  const std::string& name(std::size_t task) const { return tasks_[task].name; }
  /// Why a task failed; empty when it did not, or never started.
  const std::string& failure(std::size_t task) const { return tasks_[task].failure; }
  std::size_t size() const { return tasks_.size(); }

  /// Runs everything on at most `threads` threads (0: all cores) and returns when all is done.
  void run(int threads);

 private:
  struct Task {
    std::string name;
    std::function<std::string()> work;
    std::function<void()> body;  ///< `work` and what follows from it
    std::vector<std::size_t> dependents;
    std::atomic<int> waiting_for{0};
    std::atomic<bool> blocked{false};  ///< something it needs was not done
    std::string failure;
    compute::Handover started;
  };

  void start(std::size_t task);
  void run_task(std::size_t index);
  /// @returns false when it is for later.
  bool do_work(Task& task);
  std::vector<std::size_t> take_later();

  Observer& observer_;
  std::function<bool()> cancelled_;
  std::deque<Task> tasks_;
  std::mutex mutex_;
  std::vector<std::size_t> later_;
  tbb::task_group group_;
  compute::Handover finished_;
};

}  // namespace steppe::run
