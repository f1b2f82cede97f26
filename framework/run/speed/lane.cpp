#include "framework/run/speed/lane.hpp"

#include "framework/compute/peak.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/error.hpp"

#include <utility>

namespace steppe::run {

namespace {

std::timespec now(clockid_t clock) {
  std::timespec out{};
  ::clock_gettime(clock, &out);
  return out;
}

double seconds_since(clockid_t clock, const std::timespec& then) {
  const auto it_is = now(clock);
  return static_cast<double>(it_is.tv_sec - then.tv_sec) +
         1e-9 * static_cast<double>(it_is.tv_nsec - then.tv_nsec);
}

}  // namespace

Lane::Lane(std::function<void(Pace&)> train)
    : train_{std::move(train)}, thread_{[this] { train_on(); }} {
  stopped_.acquire();
  if (!failure_) return;
  thread_.join();
  rethrow();
}

Lane::~Lane() {
  if (!thread_.joinable()) return;
  ends_ = true;
  turn_.release();
  thread_.join();
}

void Lane::train_on() {
  try {
    for (;;) {
      const auto before = steps_ever_;
      train_(*this);
      if (steps_ever_ == before)
        throw RunError{"the trainer ends before its first step, so there is nothing to time"};
    }
  } catch (const plugin::Cancelled&) {
  } catch (...) {
    failure_ = std::current_exception();
  }
  stopped_.release();
}

Stretch Lane::go(std::uint64_t steps) {
  stretch_ = {};
  left_ = steps;
  turn_.release();
  stopped_.acquire();
  rethrow();
  return stretch_;
}

void Lane::rethrow() {
  if (failure_) std::rethrow_exception(failure_);
}

void Lane::next(compute::Queue& queue, const network::Work& so_far, std::size_t events) {
  if (runs_ && (left_ == 0 || events == 0)) {
    queue.wait();
    stop_clock(so_far);
  }
  if (events == 0) return;
  if (left_ == 0) wait_for_turn();
  if (!runs_) start_clock(so_far);
  --left_;
  ++steps_ever_;
  ++stretch_.steps;
  stretch_.events += events;
}

/// Ends a stretch, and begins the next one.
void Lane::wait_for_turn() {
  if (stretch_.steps > 0)
    stretch_.peak_gflops = (stretch_.peak_gflops + compute::peak_gflops()) / 2;
  stopped_.release();
  turn_.acquire();
  if (ends_) throw plugin::Cancelled{};
  stretch_.peak_gflops = compute::peak_gflops();
}

void Lane::start_clock(const network::Work& so_far) {
  runs_ = true;
  work_before_ = so_far;
  core_began_ = now(CLOCK_PROCESS_CPUTIME_ID);
  began_ = now(CLOCK_MONOTONIC);
}

void Lane::stop_clock(const network::Work& so_far) {
  stretch_.seconds += seconds_since(CLOCK_MONOTONIC, began_);
  stretch_.core_seconds += seconds_since(CLOCK_PROCESS_CPUTIME_ID, core_began_);
  stretch_.work.forward += so_far.forward - work_before_.forward;
  stretch_.work.backward += so_far.backward - work_before_.backward;
  stretch_.work.flops += so_far.flops - work_before_.flops;
  runs_ = false;
}

}  // namespace steppe::run
