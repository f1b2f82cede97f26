#include "framework/run/study.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include "framework/compute/device.hpp"
#include "framework/compute/worker_setup.hpp"
#include "framework/run/dataset.hpp"
#include "framework/run/scoring.hpp"
#include "framework/run/training.hpp"

namespace steppe::run {

namespace {

/// One piece of work and what waits for it.
struct Task {
  std::string name;
  std::function<std::string()> work;   ///< @returns a line about what it gave
  std::vector<std::size_t> dependents;
  std::atomic<int> waiting_for{0};
  std::atomic<bool> blocked{false};    ///< something it needs has failed
  std::string failure;
};

/// "fit (train=pythia, attack=none, trial=0)": a training by the coordinates that tell it apart.
std::string training_name(const pipeline::Plan& plan, std::size_t training,
                          const std::vector<std::pair<std::string, std::string>>& coordinates) {
  std::vector<std::string> parts;
  for (const auto& [axis, value] : coordinates) parts.push_back(fmt::format("{}={}", axis, value));
  const auto& name = plan.trainings[training].trainer.name;
  return parts.empty() ? name : fmt::format("{} ({})", name, fmt::join(parts, ", "));
}

class Study {
 public:
  Study(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer)
      : plan_{plan},
        options_{options},
        observer_{observer},
        device_{compute::open_device(plan.device)},
        data_(plan.data.size()),
        trained_(plan.trainings.size()),
        trained_on_(plan.trainings.size()),
        measured_(plan.scores.size()),
        trainings_(plan.trainings.size()),
        data_records_(plan.data.size()) {
    name_trainings();
    add_tasks();
  }

  StudyOutcome run() {
    tbb::task_arena arena{options_.threads > 0 ? options_.threads : tbb::task_arena::automatic};
    // Count what is ready before anything runs: a finished task makes others ready by itself.
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < tasks_.size(); ++i)
      if (tasks_[i].waiting_for == 0) ready.push_back(i);
    arena.execute([&] {
      for (const auto task : ready) start(task);
      group_.wait();
    });
    return outcome();
  }

 private:
  bool cancelled() const { return options_.cancelled && *options_.cancelled; }

  /// The coordinates of each training's first row, without the axis `test`.
  void name_trainings() {
    for (const auto& row : plan_.rows) {
      auto& record = trainings_[plan_.scores[row.score].training];
      if (!record.coordinates.empty()) continue;
      for (std::size_t a = 0; a + 1 < plan_.axes.size(); ++a)
        record.coordinates.emplace_back(plan_.axes[a], row.coordinates[a]);
    }
  }

  std::size_t add(std::string name, std::function<std::string()> work,
                  const std::set<std::size_t>& needs) {
    auto& task = tasks_.emplace_back();
    task.name = std::move(name);
    task.work = std::move(work);
    task.waiting_for = static_cast<int>(needs.size());
    for (const auto need : needs) tasks_[need].dependents.push_back(tasks_.size() - 1);
    return tasks_.size() - 1;
  }

  void add_tasks() {
    data_users_ = std::deque<std::atomic<int>>(plan_.data.size());
    trained_users_ = std::deque<std::atomic<int>>(plan_.trainings.size());
    for (std::size_t d = 0; d < plan_.data.size(); ++d)
      add(fmt::format("data '{}'", plan_.data[d].name), [this, d] { return load(d); }, {});
    const auto first_training = tasks_.size();
    for (std::size_t t = 0; t < plan_.trainings.size(); ++t) {
      ++data_users_[plan_.trainings[t].data];
      add(training_name(plan_, t, trainings_[t].coordinates), [this, t] { return train(t); },
          {plan_.trainings[t].data});
    }
    for (std::size_t s = 0; s < plan_.scores.size(); ++s) {
      const auto& node = plan_.scores[s];
      ++data_users_[node.data];
      ++trained_users_[node.training];
      add(fmt::format("score {} on '{}'", tasks_[first_training + node.training].name,
                      plan_.data[node.data].name),
          [this, s] { return score(s); }, {first_training + node.training, node.data});
    }
  }

  void start(std::size_t index) {
    group_.run([this, index] { run_task(index); });
  }

  void run_task(std::size_t index) {
    compute::prepare_thread();   // plugins' own arithmetic sees the same mode as ours
    auto& task = tasks_[index];
    if (!task.blocked && !cancelled()) {
      observer_.started(task.name);
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
    } else {
      task.blocked = true;
    }
    for (const auto next : task.dependents) {
      if (task.blocked) tasks_[next].blocked = true;
      if (--tasks_[next].waiting_for == 0) start(next);
    }
  }

  plugin::Surroundings surroundings(const std::string& node) {
    plugin::Surroundings out;
    out.seed = plan_.seed;
    out.log = [this](steppe_log_level, const std::string& text) { observer_.note(text); };
    out.progress = [this, node](std::uint64_t done, std::uint64_t total, const char* unit) {
      observer_.progress(node, done, total, unit);
    };
    out.cancelled = [this] { return cancelled(); };
    return out;
  }

  std::string load(std::size_t d) {
    data_[d] = load_dataset(plan_.data[d], surroundings(tasks_[d].name));
    auto& record = data_records_[d];
    record = {plan_.data[d].name, data_[d]->columns().domain, data_[d]->rows(),
              data_[d]->signal_rows()};
    return fmt::format("{} events: {} signal, {} background; {} features", record.rows,
                       record.signal, record.rows - record.signal, data_[d]->features().columns);
  }

  std::string train(std::size_t t) {
    const auto& node = plan_.trainings[t];
    const auto data = data_[node.data];
    trained_on_[t] = data;
    const auto begin = std::chrono::steady_clock::now();
    trained_[t] = run::train(node, *data, splits(), device_,
                             surroundings(tasks_[plan_.data.size() + t].name));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    auto& record = trainings_[t];
    record.parameters = node.graph.parameters();
    record.train_rows = trained_[t]->train_rows;
    record.validation_rows = trained_[t]->validation_rows;
    record.history = trained_[t]->history;
    release(data_users_[node.data], data_[node.data]);
    const auto events = record.history.epochs.size() * record.train_rows;
    training_events_ += events;
    {
      const std::lock_guard lock{mutex_};
      training_seconds_ += took.count();
    }
    return fmt::format("{} epochs of {} events, {:.0f} events/s", record.history.epochs.size(),
                       record.train_rows, static_cast<double>(events) / took.count());
  }

  std::string score(std::size_t s) {
    const auto& node = plan_.scores[s];
    const auto data = data_[node.data];
    measured_[s] = run::score(node, *trained_[node.training], *trained_on_[node.training], *data,
                              splits(), surroundings(""));
    release(data_users_[node.data], data_[node.data]);
    if (--trained_users_[node.training] == 0) {
      trained_[node.training].reset();
      trained_on_[node.training].reset();
    }
    std::vector<std::string> parts;
    for (const auto& q : measured_[s]->quantities)
      if (q.undefined.empty()) parts.push_back(fmt::format("{} {:.4f}", q.name, q.value));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  template <class Held>
  static void release(std::atomic<int>& users, Held& held) {
    if (--users == 0) held.reset();
  }

  data::SplitFractions splits() const {
    return {plan_.splits.train, plan_.splits.validation, plan_.splits.test};
  }

  StudyOutcome outcome() {
    StudyOutcome out;
    out.cancelled = cancelled();
    out.device = device_->description();
    out.training_seconds = training_seconds_;
    out.training_events = training_events_;
    for (const auto& task : tasks_)
      if (!task.failure.empty()) out.failures.push_back({task.name, task.failure});
    auto& results = out.results;
    results.name = plan_.name;
    results.seed = plan_.seed;
    results.axes = plan_.axes;
    for (const auto& row : plan_.rows) {
      if (!measured_[row.score]) continue;
      auto& measured = results.rows.emplace_back(*measured_[row.score]);
      measured.coordinates = row.coordinates;
    }
    results.trainings = std::move(trainings_);
    results.data = std::move(data_records_);
    return out;
  }

  const pipeline::Plan& plan_;
  const StudyOptions& options_;
  Observer& observer_;
  std::shared_ptr<compute::Device> device_;

  std::deque<Task> tasks_;   ///< data, then trainings, then scores
  tbb::task_group group_;

  std::vector<std::shared_ptr<const data::Dataset>> data_;
  std::vector<std::optional<TrainedNetwork>> trained_;
  std::vector<std::shared_ptr<const data::Dataset>> trained_on_;
  std::vector<std::optional<pipeline::MeasuredRow>> measured_;
  std::deque<std::atomic<int>> data_users_, trained_users_;

  std::vector<pipeline::TrainingRecord> trainings_;
  std::vector<pipeline::DataRecord> data_records_;
  std::mutex mutex_;
  double training_seconds_ = 0;
  std::atomic<std::uint64_t> training_events_ = 0;
};

}  // namespace

StudyOutcome run_study(const pipeline::Plan& plan, const StudyOptions& options,
                       Observer& observer) {
  std::optional<tbb::global_control> limit;
  if (options.threads > 0)
    limit.emplace(tbb::global_control::max_allowed_parallelism,
                  static_cast<std::size_t>(options.threads));
  return Study{plan, options, observer}.run();
}

}  // namespace steppe::run
