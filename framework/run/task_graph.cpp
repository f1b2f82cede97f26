#include "framework/run/task_graph.hpp"

#include "framework/compute/worker_setup.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/spawn.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

thread_local const char* name_at_work = nullptr;

/// Between two questions whether another process is done.
constexpr std::chrono::milliseconds ask_again{200};

}  // namespace

const char* task_at_work() { return name_at_work; }

std::size_t TaskGraph::add(std::string name, std::function<std::string()> work,
                           const std::set<std::size_t>& needs) {
  auto& task = tasks_.emplace_back();
  task.name = std::move(name);
  task.work = std::move(work);
  task.body = [this, index = tasks_.size() - 1] { run_task(index); };
  task.waiting_for = static_cast<int>(needs.size());
  for (const auto need : needs) tasks_[need].dependents.push_back(tasks_.size() - 1);
  return tasks_.size() - 1;
}

void TaskGraph::run(int threads) {
  std::optional<tbb::global_control> limit;
  if (threads > 0)
    limit.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena{threads > 0 ? threads : tbb::task_arena::automatic};
  // Count what is ready before anything runs: a finished task makes others ready by itself.
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < tasks_.size(); ++i)
    if (tasks_[i].waiting_for == 0) ready.push_back(i);
  arena.execute([&] {
    while (!ready.empty()) {
      for (const auto task : ready) start(task);
      group_.wait();
      finished_.take();
      ready = take_later();
      if (!ready.empty()) std::this_thread::sleep_for(ask_again);
    }
  });
}

std::vector<std::size_t> TaskGraph::take_later() {
  const std::lock_guard lock{mutex_};
  return std::exchange(later_, {});
}

void TaskGraph::start(std::size_t task) {
  spawn(group_, tasks_[task].started, finished_, tasks_[task].body);
}

void TaskGraph::run_task(std::size_t index) {
  auto& task = tasks_[index];
  compute::prepare_thread();  // plugins' own arithmetic sees the same mode as ours
  if (cancelled_()) task.blocked = true;
  if (!task.blocked && !do_work(task)) {
    const std::lock_guard lock{mutex_};
    return later_.push_back(index);
  }
  for (const auto next : task.dependents) {
    if (task.blocked) tasks_[next].blocked = true;
    if (--tasks_[next].waiting_for == 0) start(next);
  }
}

bool TaskGraph::do_work(Task& task) {
  observer_.started(task.name);
  const auto* before = std::exchange(name_at_work, task.name.c_str());
  const auto begin = std::chrono::steady_clock::now();
  try {
    const auto detail = task.work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    observer_.finished(task.name, took.count(), detail);
  } catch (const Later&) {
    return false;
  } catch (const plugin::Cancelled&) {
    task.blocked = true;
  } catch (const std::exception& error) {
    task.failure = error.what();
    task.blocked = true;
    observer_.failed(task.name, task.failure);
  }
  name_at_work = before;
  return true;
}

}  // namespace steppe::run
