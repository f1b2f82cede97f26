#include "framework/run/task_graph.hpp"

#include "framework/compute/worker_setup.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/spawn.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {

namespace {

thread_local const char* name_at_work = nullptr;

}  // namespace

const char* task_at_work() { return name_at_work; }

std::size_t TaskGraph::add(std::string name, std::function<std::string()> work,
                           const std::set<std::size_t>& needs) {
  auto& task = tasks_.emplace_back();
  task.name = std::move(name);
  task.work = std::move(work);
  task.body = [this, &task] { run_task(task); };
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
    for (const auto task : ready) start(task);
    group_.wait();
    finished_.take();
  });
}

void TaskGraph::start(std::size_t task) {
  spawn(group_, tasks_[task].started, finished_, tasks_[task].body);
}

void TaskGraph::run_task(Task& task) {
  compute::prepare_thread();  // plugins' own arithmetic sees the same mode as ours
  if (cancelled_()) task.blocked = true;
  if (!task.blocked) do_work(task);
  for (const auto next : task.dependents) {
    if (task.blocked) tasks_[next].blocked = true;
    if (--tasks_[next].waiting_for == 0) start(next);
  }
}

void TaskGraph::do_work(Task& task) {
  observer_.started(task.name);
  const auto* before = std::exchange(name_at_work, task.name.c_str());
  const auto begin = std::chrono::steady_clock::now();
  try {
    const auto detail = task.work();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    observer_.finished(task.name, took.count(), detail);
  } catch (const plugin::Cancelled&) {
    task.blocked = true;
  } catch (const std::exception& error) {
    task.failure = error.what();
    task.blocked = true;
    observer_.failed(task.name, task.failure);
  }
  name_at_work = before;
}

}  // namespace steppe::run
