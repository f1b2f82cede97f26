#include "framework/run/events/conveyor.hpp"

#include "framework/compute/worker_setup.hpp"

#include <utility>

#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

/// Alone, whoever brings a chunk works on it; else there is one more for each thread to take up.
std::size_t most_at_once() {
  const auto threads = static_cast<std::size_t>(tbb::this_task_arena::max_concurrency());
  return threads == 1 ? 1 : 2 * threads + 1;
}

}  // namespace

Conveyor::Conveyor(std::function<void(Chunk&)> work, std::function<void(Chunk&&)> deliver)
    : work_{std::move(work)}, deliver_{std::move(deliver)}, most_{most_at_once()} {}

Conveyor::~Conveyor() noexcept { wait(); }

void Conveyor::add(Chunk chunk) {
  throw_failure();
  Place* place = nullptr;
  std::size_t on_their_way = 0;
  {
    const std::lock_guard lock{mutex_};
    place = &places_.emplace_back(Place{std::move(chunk)});
    on_their_way = places_.size();
  }
  if (most_ == 1) return work_on(*place);
  started_.give();
  group_.run([this, place] {
    started_.take();
    const compute::Handover::Giver at_end{finished_};
    work_on(*place);
  });
  if (on_their_way >= most_) wait();
}

void Conveyor::finish() {
  wait();
  throw_failure();
}

/// Helps.
void Conveyor::wait() {
  group_.wait();
  finished_.take();
}

/// Whoever is done with a chunk delivers what may be delivered by then, unless somebody is at it.
void Conveyor::work_on(Place& place) {
  compute::prepare_thread();
  try {
    if (!failed_) work_(place.chunk);
  } catch (...) {
    place.failure = std::current_exception();
  }
  std::unique_lock lock{mutex_};
  place.done = true;
  if (std::exchange(delivering_, true)) return;
  while (!places_.empty() && places_.front().done) {
    auto next = std::move(places_.front());
    places_.pop_front();
    lock.unlock();
    deliver(std::move(next));
    lock.lock();
  }
  delivering_ = false;
}

void Conveyor::deliver(Place place) {
  if (failed_) return;
  try {
    if (place.failure) std::rethrow_exception(place.failure);
    deliver_(std::move(place.chunk));
  } catch (...) {
    failure_ = std::current_exception();
    failed_ = true;
  }
}

void Conveyor::throw_failure() const {
  if (failed_) std::rethrow_exception(failure_);
}

}  // namespace steppe::run
