// Chunks on their way: worked on by any threads while the next ones come, and delivered one after
// the other in the order in which they came.
#pragma once

#include "framework/compute/handover.hpp"
#include "framework/run/events/chunk.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>

#include <oneapi/tbb/task_group.h>

namespace steppe::run {

class Conveyor {
 public:
  /// `work`: on any thread, for several chunks at once. `deliver`: never for two at once.
  Conveyor(std::function<void(Chunk&)> work, std::function<void(Chunk&&)> deliver);
  ~Conveyor() noexcept;
  Conveyor(const Conveyor&) = delete;
  Conveyor& operator=(const Conveyor&) = delete;

  /// [one thread] Takes a chunk on; where too many are on their way, they come first. @throws what
  /// was thrown for an earlier chunk: in their order the first for which anything was.
  void add(Chunk chunk);
  /// Waits until all are delivered. @throws as `add`.
  void finish();

 private:
  struct Place {
    Chunk chunk;
    bool done = false;
    std::exception_ptr failure = {};
  };

  void work_on(Place& place);
  void deliver(Place place);
  void wait();
  void throw_failure() const;

  std::function<void(Chunk&)> work_;
  std::function<void(Chunk&&)> deliver_;
  std::size_t most_;  ///< on their way at once, which bounds the memory they take
  std::mutex mutex_;
  std::deque<Place> places_;  ///< of chunks on their way, in order
  bool delivering_ = false;
  std::atomic<bool> failed_ = false;
  std::exception_ptr failure_;
  compute::Handover started_, finished_;
  tbb::task_group group_;
};

}  // namespace steppe::run
