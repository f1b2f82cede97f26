#include "framework/run/study.hpp"

#include "framework/compute/device.hpp"
#include "framework/run/comparison.hpp"
#include "framework/run/dataset.hpp"
#include "framework/run/distribution.hpp"
#include "framework/run/error.hpp"
#include "framework/run/kept.hpp"
#include "framework/run/scoring.hpp"
#include "framework/run/sharpness.hpp"
#include "framework/run/shelf.hpp"
#include "framework/run/task_graph.hpp"
#include "framework/run/training.hpp"
#include "framework/run/weights_file.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// "fit (train=pythia, attack=none, trial=0)": a training by the coordinates that tell it apart.
std::string training_name(const pipeline::Plan& plan, std::size_t training,
                          const std::vector<std::pair<std::string, std::string>>& coordinates) {
  std::vector<std::string> parts;
  for (const auto& [axis, value] : coordinates) parts.push_back(fmt::format("{}={}", axis, value));
  const auto& name = plan.trainings[training].trainer.name;
  return parts.empty() ? name : fmt::format("{} ({})", name, fmt::join(parts, ", "));
}

/// ": 10 signal, 20 background", ": 10, 20, 30 of the classes 0 to 2", "" of a real target.
std::string in_classes(const std::vector<std::size_t>& counts) {
  if (counts.empty()) return "";
  if (counts.size() == 2) return fmt::format(": {} signal, {} background", counts[1], counts[0]);
  return fmt::format(": {} of the classes 0 to {}", fmt::join(counts, ", "), counts.size() - 1);
}

class Study {
 public:
  Study(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer)
      : plan_{plan},
        options_{options},
        observer_{observer},
        device_{compute::open_device(plan.device)},
        tasks_{observer, [this] { return cancelled(); }},
        data_(plan.data.size()),
        trained_(plan.trainings.size()),
        trained_on_(plan.trainings.size()),
        measured_(plan.scores.size()),
        sharpness_(plan.sharpness.size()),
        distributions_(plan.distributions.size()),
        learnt_from_(plan.data.size(), false),
        trainings_(plan.trainings.size()),
        weights_(plan.trainings.size()),
        data_records_(plan.data.size()),
        shelf_{plan, options.store, options.computing, observer} {
    name_trainings();
    add_tasks();
  }

  StudyOutcome run() {
    tasks_.run(options_.threads);
    auto out = outcome();
    compare(out);
    return out;
  }

 private:
  bool cancelled() const { return options_.cancelled && *options_.cancelled; }

  /// The coordinates of each training's first row, without the axis `test`.
  void name_trainings() {
    const auto name = [&](std::size_t training, const std::vector<std::string>& coordinates) {
      auto& record = trainings_[training];
      if (!record.coordinates.empty()) return;
      for (std::size_t a = 0; a + 1 < plan_.axes.size(); ++a)
        record.coordinates.emplace_back(plan_.axes[a], coordinates[a]);
    };
    for (const auto& row : plan_.rows) name(plan_.scores[row.score].training, row.coordinates);
    for (const auto& row : plan_.sharpness_rows)
      name(plan_.sharpness[row.node].training, row.coordinates);
  }

  /// Data first, then trainings, then what is measured.
  void add_tasks() {
    for (std::size_t d = 0; d < plan_.data.size(); ++d)
      needed_.push_back(shelf_.needs_data(plan_, d));
    data_users_ = std::deque<std::atomic<int>>(plan_.data.size());
    trained_users_ = std::deque<std::atomic<int>>(plan_.trainings.size());
    for (std::size_t d = 0; d < plan_.data.size(); ++d)
      tasks_.add(fmt::format("data '{}'", plan_.data[d].name), [this, d] { return load(d); }, {});
    for (std::size_t t = 0; t < plan_.trainings.size(); ++t) {
      ++data_users_[plan_.trainings[t].data];
      learnt_from_[plan_.trainings[t].data] = true;
      tasks_.add(training_name(plan_, t, trainings_[t].coordinates), [this, t] { return train(t); },
                 {plan_.trainings[t].data});
    }
    for (std::size_t s = 0; s < plan_.scores.size(); ++s)
      add_measurement(plan_.scores[s], "score", [this, s] { return score(s); });
    for (std::size_t s = 0; s < plan_.sharpness.size(); ++s)
      add_measurement(plan_.sharpness[s], plan_.sharpness[s].stage.name,
                      [this, s] { return sharpness(s); });
    for (std::size_t d = 0; d < plan_.distributions.size(); ++d) {
      const auto& node = plan_.distributions[d];
      for (const auto data : node.data) ++data_users_[data];
      tasks_.add(distribution_name(node), [this, d] { return distribution(d); },
                 {node.data.begin(), node.data.end()});
    }
    name_places();
  }

  /// In the order of the tasks.
  void name_places() {
    std::size_t task = 0;
    for (auto* places : {&shelf_.data, &shelf_.trainings, &shelf_.scores, &shelf_.sharpness})
      for (auto& place : *places) place.name = tasks_.name(task++);
  }

  std::string distribution_name(const pipeline::DistributionNode& node) const {
    std::vector<std::string> names;
    for (const auto data : node.data) names.push_back(plan_.data[data].name);
    return fmt::format("distribution {} of '{}'", node.name, fmt::join(names, "', '"));
  }

  /// What needs a trained network and a data set.
  template <class Node>
  void add_measurement(const Node& node, const std::string& what,
                       std::function<std::string()> work) {
    ++data_users_[node.data];
    ++trained_users_[node.training];
    learnt_from_[node.data] = true;
    const auto training = plan_.data.size() + node.training;
    tasks_.add(
        fmt::format("{} {} on '{}'", what, tasks_.name(training), plan_.data[node.data].name),
        std::move(work), {training, node.data});
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
    const auto take_in = [&](const store::Object& object) { data_records_[d] = record_of(object); };
    if (!needed_[d] && shelf_.restore(shelf_.data[d], take_in))
      return "all that is made of it was found in the store";
    auto line = read(d);
    shelf_.keep(shelf_.data[d], to_artifact(data_records_[d]));
    return line;
  }

  std::string read(std::size_t d) {
    // What is only looked at needs no labels.
    data_[d] = load_dataset(plan_.data[d], surroundings(tasks_.name(d)),
                            learnt_from_[d] ? data::Purpose::study : data::Purpose::apply);
    auto& record = data_records_[d];
    record = {plan_.data[d].name, data_[d]->columns().domain, data_[d]->rows(),
              data_[d]->class_rows(), data_[d]->gaps()};
    return fmt::format("{} events{}; {} features{}", record.rows, in_classes(record.class_rows),
                       data_[d]->features().columns, files_in_short(*data_[d]));
  }

  std::string train(std::size_t t) {
    const auto& node = plan_.trainings[t];
    trained_on_[t] = data_[node.data];
    auto line = shelf_.find_or_make(
        shelf_.trainings[t],
        [&](const store::Object& object) {
          trained_[t] = trained_of(
              object, std::make_shared<network::Network>(node.graph, node.loss), device_);
        },
        [&] { return make_training(t); }, [&] { return to_artifact(*trained_[t], origin(t)); });
    auto& record = trainings_[t];
    record.parameters = node.graph.parameters();
    record.train_rows = trained_[t]->train_rows;
    record.validation_rows = trained_[t]->validation_rows;
    record.history = trained_[t]->history;
    if (!options_.weights.empty()) keep_weights(t);
    release(data_users_[node.data], data_[node.data]);
    return line;
  }

  std::string make_training(std::size_t t) {
    const auto begin = std::chrono::steady_clock::now();
    trained_[t] = run::train(plan_.trainings[t], there(trained_on_[t]), splits(), device_,
                             surroundings(tasks_.name(plan_.data.size() + t)));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const auto epochs = trained_[t]->history.epochs.size(), rows = trained_[t]->train_rows;
    training_events_ += epochs * rows;
    {
      const std::lock_guard lock{mutex_};
      training_seconds_ += took.count();
    }
    return fmt::format("{} epochs of {} events, {:.0f} events/s", epochs, rows,
                       static_cast<double>(epochs * rows) / took.count());
  }

  /// A data set is left out when all that is made of it was found.
  static const data::Dataset& there(const std::shared_ptr<const data::Dataset>& data) {
    if (!data)
      throw RunError{"what was found in the store does not fit; run again to make it anew"};
    return *data;
  }

  Origin origin(std::size_t t) const {
    const auto& node = plan_.trainings[t];
    return {node.trainer.name, trainings_[t].coordinates, plan_.data[node.data].name,
            plan_.resolved};
  }

  void keep_weights(std::size_t t) {
    const auto name = weights_file_name(origin(t));
    save_weights(options_.weights / name, *trained_[t], origin(t));
    weights_[t] = name;
  }

  std::string score(std::size_t s) {
    const auto& node = plan_.scores[s];
    return measure(node, shelf_.scores[s], "score", measured_[s], [&, data = data_[node.data]] {
      return run::score(node, *trained_[node.training], there(trained_on_[node.training]),
                        there(data), splits(), surroundings_of(node));
    });
  }

  std::string sharpness(std::size_t s) {
    const auto& node = plan_.sharpness[s];
    return measure(node, shelf_.sharpness[s], "sharpness", sharpness_[s],
                   [&, data = data_[node.data]] {
                     return measure_sharpness(node, *trained_[node.training], there(data), splits(),
                                              surroundings_of(node));
                   });
  }

  template <class Node>
  plugin::Surroundings surroundings_of(const Node& node) {
    auto out = surroundings("");
    out.trial = plan_.trainings[node.training].trial;
    return out;
  }

  /// Finds or makes the numbers of a node, and lets go of what it needed.
  template <class Node, class Measured, class Make>
  std::string measure(const Node& node, Place& place, const char* kind, std::optional<Measured>& to,
                      const Make& make) {
    const auto line = shelf_.find_or_make(
        place,
        [&](const store::Object& object) {
          auto numbers = numbers_of(object);
          to.emplace();
          to->quantities = std::move(numbers.quantities);
          to->curves = std::move(numbers.curves);
          name_measure(node, *to);
        },
        [&] {
          to = make();
          return std::string{};
        },
        [&] {
          return to_artifact(kind, Numbers{to->quantities, to->curves});
        });
    let_go(node);
    const auto numbers = in_short(to->quantities);
    return line.empty() ? numbers : fmt::format("{}; {}", numbers, line);
  }
  static void name_measure(const pipeline::ScoreNode&, pipeline::MeasuredRow&) {}
  static void name_measure(const pipeline::SharpnessNode& node, pipeline::MeasuredSharpness& to) {
    to.measure = node.stage.name;
  }

  std::string distribution(std::size_t d) {
    const auto& node = plan_.distributions[d];
    std::vector<NamedData> sets;
    for (const auto data : node.data) sets.push_back({plan_.data[data].name, data_[data]});
    distributions_[d] = measure_distribution(node, sets, splits());
    sets.clear();
    for (const auto data : node.data) release(data_users_[data], data_[data]);
    return fmt::format("{} columns", distributions_[d].size());
  }

  static std::string in_short(const std::vector<data::Quantity>& quantities) {
    std::vector<std::string> parts;
    for (const auto& q : quantities)
      if (q.undefined.empty()) parts.push_back(fmt::format("{} {:.4g}", q.name, q.value));
    return fmt::format("{}", fmt::join(parts, ", "));
  }

  /// A measurement is done with its network and its data.
  template <class Node>
  void let_go(const Node& node) {
    release(data_users_[node.data], data_[node.data]);
    if (--trained_users_[node.training] == 0) {
      trained_[node.training].reset();
      trained_on_[node.training].reset();
    }
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
    out.weights = weights_;
    out.device = device_->description();
    out.found = shelf_.found();
    out.training_seconds = training_seconds_;
    out.training_events = training_events_;
    add_failures(tasks_, out);
    auto& results = out.results;
    results.name = plan_.name;
    results.extends = plan_.extends;
    results.seed = plan_.seed;
    results.axes = plan_.axes;
    for (const auto& row : plan_.rows) {
      if (!measured_[row.score]) continue;
      auto& measured = results.rows.emplace_back(*measured_[row.score]);
      measured.coordinates = row.coordinates;
      const auto& node = plan_.scores[row.score];
      measured.trained_on = domain_of(plan_.trainings[node.training].data);
      measured.tested_on = domain_of(node.data);
    }
    for (const auto& row : plan_.sharpness_rows) {
      if (!sharpness_[row.node]) continue;
      auto& measured = results.sharpness.emplace_back(*sharpness_[row.node]);
      measured.coordinates = row.coordinates;
    }
    for (auto& columns : distributions_)
      for (auto& column : columns) results.distributions.push_back(std::move(column));
    results.trainings = std::move(trainings_);
    results.data = std::move(data_records_);
    return out;
  }

  /// Data without a domain are a domain of their own.
  const std::string& domain_of(std::size_t data) const {
    const auto& node = plan_.data[data];
    return node.columns.domain.empty() ? node.branch : node.columns.domain;
  }

  static void add_failures(const TaskGraph& tasks, StudyOutcome& out) {
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (!tasks.failure(i).empty()) out.failures.push_back({tasks.name(i), tasks.failure(i)});
  }

  /// Metrics of the whole study, on whatever was measured.
  void compare(StudyOutcome& out) {
    if (out.results.rows.empty()) return;
    TaskGraph tasks{observer_, [this] { return cancelled(); }};
    std::vector<std::vector<pipeline::MeasuredComparison>> found(plan_.comparisons.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
      const auto& metric = plan_.comparisons[i];
      const auto work = [&, i] {
        found[i] = run::compare(metric, out.results, surroundings(""));
        return fmt::format("{} points", out.results.rows.size());
      };
      tasks.add(fmt::format("compare {}", metric.name), work, {});
    }
    tasks.run(options_.threads);
    for (auto& list : found)
      for (auto& one : list) out.results.comparisons.push_back(std::move(one));
    add_failures(tasks, out);
    out.cancelled = cancelled();
  }

  const pipeline::Plan& plan_;
  const StudyOptions& options_;
  Observer& observer_;
  std::shared_ptr<compute::Device> device_;

  TaskGraph tasks_;

  std::vector<std::shared_ptr<const data::Dataset>> data_;
  std::vector<std::optional<TrainedNetwork>> trained_;
  std::vector<std::shared_ptr<const data::Dataset>> trained_on_;
  std::vector<std::optional<pipeline::MeasuredRow>> measured_;
  std::vector<std::optional<pipeline::MeasuredSharpness>> sharpness_;
  std::vector<std::vector<pipeline::MeasuredDistribution>> distributions_;
  std::vector<bool> learnt_from_;  ///< of each data set: a network meets it
  std::deque<std::atomic<int>> data_users_, trained_users_;

  std::vector<pipeline::TrainingRecord> trainings_;
  std::vector<std::string> weights_;
  std::vector<pipeline::DataRecord> data_records_;
  Shelf shelf_;
  std::vector<bool> needed_;  ///< of each data set: whether something is made of it
  std::mutex mutex_;
  double training_seconds_ = 0;
  std::atomic<std::uint64_t> training_events_ = 0;
};

}  // namespace

StudyOutcome run_study(const pipeline::Plan& plan, const StudyOptions& options,
                       Observer& observer) {
  return Study{plan, options, observer}.run();
}

}  // namespace steppe::run
