#include "framework/run/task_graph.hpp"

#include "framework/compute/worker_setup.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/spawn.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>
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
                           const std::set<std::size_t>& needs, std::function<MemoryNeed()> memory) {
  auto& task = tasks_.emplace_back();
  task.name = std::move(name);
  task.work = std::move(work);
  task.memory = std::move(memory);
  task.needs.assign(needs.begin(), needs.end());
  task.body = [this, index = tasks_.size() - 1] { run_task(index); };
  task.waiting_for = static_cast<int>(needs.size());
  for (const auto need : needs) tasks_[need].dependents.push_back(tasks_.size() - 1);
  return tasks_.size() - 1;
}

void TaskGraph::run(int threads, std::uint64_t memory) {
  std::optional<tbb::global_control> limit;
  if (threads > 0)
    limit.emplace(tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
  tbb::task_arena arena{threads > 0 ? threads : tbb::task_arena::automatic};
  limit_ = memory;
  if (memory > 0) admission_.emplace(static_cast<std::size_t>(arena.max_concurrency()), memory);
  for (auto& task : tasks_) task.users = task.dependents.size();
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

void TaskGraph::start(std::size_t index) {
  if (!admission_) return spawn_task(index);
  auto& task = tasks_[index];
  task.need = task.memory && !task.blocked ? task.memory() : MemoryNeed{};
  if (task.need.at_work > limit_)
    observer_.note(fmt::format("{} may need {}, more than the {} of --memory; it runs alone",
                               task.name, amount(task.need.at_work), amount(limit_)));
  {
    const std::lock_guard lock{mutex_};
    ready_.insert(index);
  }
  spawn_admitted();
}

void TaskGraph::spawn_task(std::size_t task) {
  spawn(group_, tasks_[task].started, finished_, tasks_[task].body);
}

/// The last task first: it uses what earlier ones gave, which is let go then.
void TaskGraph::spawn_admitted() {
  if (!admission_) return;
  std::vector<std::size_t> admitted;
  {
    const std::lock_guard lock{mutex_};
    for (auto at = ready_.end(); at != ready_.begin() && !admission_->full();) {
      if (!admission_->admit(tasks_[*--at].need.at_work)) continue;
      admitted.push_back(*at);
      at = ready_.erase(at);
    }
  }
  for (const auto task : admitted) spawn_task(task);
}

/// What a task needed is free; where it is done, what it gave is counted instead, until the last
/// that needs it is done too.
void TaskGraph::count_out(std::size_t index, bool is_done) {
  if (!admission_) return;
  auto& task = tasks_[index];
  const bool is_kept = is_done && !task.blocked && task.memory && !task.dependents.empty();
  const auto known = task.need.kept;
  const auto kept = !is_kept ? 0 : known > 0 ? known : task.memory().kept;
  const std::lock_guard lock{mutex_};
  admission_->finish(task.need.at_work, kept);
  task.need.kept = kept;
  if (!is_done) return;
  for (const auto need : task.needs)
    if (--tasks_[need].users == 0) admission_->release(tasks_[need].need.kept);
}

void TaskGraph::run_task(std::size_t index) {
  auto& task = tasks_[index];
  compute::prepare_thread();  // plugins' own arithmetic sees the same mode as ours
  if (cancelled_()) task.blocked = true;
  if (!task.blocked && !do_work(task)) {
    count_out(index, false);
    {
      const std::lock_guard lock{mutex_};
      later_.push_back(index);
    }
    return spawn_admitted();
  }
  count_out(index, true);
  for (const auto next : task.dependents) {
    if (task.blocked) tasks_[next].blocked = true;
    if (--tasks_[next].waiting_for == 0) start(next);
  }
  spawn_admitted();
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
    if (on_failure_) on_failure_();
  }
  name_at_work = before;
  return true;
}

}  // namespace steppe::run
