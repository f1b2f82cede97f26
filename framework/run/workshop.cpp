#include "framework/run/workshop.hpp"

#include "framework/compute/profiled_device.hpp"
#include "framework/run/error.hpp"
#include "framework/run/events/dataset.hpp"
#include "framework/run/events/distribution.hpp"
#include "framework/run/keep/kept.hpp"
#include "framework/run/measure/scoring.hpp"
#include "framework/run/measure/sharpness.hpp"
#include "framework/run/train/training.hpp"
#include "framework/store/store.hpp"

#include <chrono>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// ": 10 signal, 20 background", ": 10, 20, 30 of the classes 0 to 2", "" of a real target.
std::string in_classes(const std::vector<std::size_t>& counts) {
  if (counts.empty()) return "";
  if (counts.size() == 2) return fmt::format(": {} signal, {} background", counts[1], counts[0]);
  return fmt::format(": {} of the classes 0 to {}", fmt::join(counts, ", "), counts.size() - 1);
}

std::string in_short(const std::vector<data::Quantity>& quantities) {
  std::vector<std::string> parts;
  for (const auto& q : quantities)
    if (q.undefined.empty()) parts.push_back(fmt::format("{} {:.4g}", q.name, q.value));
  return fmt::format("{}", fmt::join(parts, ", "));
}

template <class Held>
void release(std::atomic<int>& users, Held& held) {
  if (--users == 0) held.reset();
}

}  // namespace

Workshop::Workshop(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer)
    : plan_{plan},
      options_{options},
      observer_{observer},
      device_{compute::profiled(compute::open_device(plan.device), options.profile)},
      keeping_{data_in_memory(options.memory),
               options.store ? options.store->temporary() : std::filesystem::path{}},
      shelf_{plan, options.store, options.computing, observer},
      coordinates_{pipeline::training_coordinates(plan)},
      data_(plan.data.size()),
      trained_(plan.trainings.size()),
      measured_(plan.scores.size()),
      sharpness_(plan.sharpness.size()),
      distributions_(plan.distributions.size()),
      learnt_from_(plan.data.size(), false),
      data_users_(plan.data.size()),
      trained_users_(plan.trainings.size()),
      trainings_(plan.trainings.size()),
      weights_(plan.trainings.size()),
      traffic_(plan.trainings.size()),
      data_records_(plan.data.size()) {
  needed_ = shelf_.needed_data(plan);
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    trainings_[t].coordinates = coordinates_[t];
  count_users();
}

void Workshop::count_users() {
  const auto meets = [&](std::size_t data) {
    ++data_users_[data];
    learnt_from_[data] = true;
  };
  // A scoring looks into the data of its training too: its events must be others.
  const auto measures = [&](const auto& node) {
    meets(node.data);
    ++data_users_[plan_.trainings[node.training].data];
    ++trained_users_[node.training];
  };
  for (const auto& node : plan_.trainings) meets(node.data);
  for (const auto& node : plan_.scores) measures(node);
  for (const auto& node : plan_.sharpness) measures(node);
  for (const auto& node : plan_.distributions)
    for (const auto data : node.data) ++data_users_[data];
}

plugin::Surroundings Workshop::surroundings(const std::string& node) {
  plugin::Surroundings out;
  out.seed = plan_.seed;
  out.profile = options_.profile;
  out.log = [this](steppe_log_level, const std::string& text) { observer_.note(text); };
  out.progress = [this, node](std::uint64_t done, std::uint64_t total, const char* unit) {
    observer_.progress(node, done, total, unit);
  };
  out.cancelled = [this] { return cancelled(); };
  return out;
}

template <class Node>
plugin::Surroundings Workshop::surroundings_of(const Node& node) {
  auto out = surroundings("");
  out.trial = plan_.trainings[node.training].trial;
  return out;
}

data::SplitFractions Workshop::splits() const {
  return {plan_.splits.train, plan_.splits.validation, plan_.splits.test};
}

/// A data set is left out when all that is made of it was found.
const data::Dataset& Workshop::data_of(std::size_t data) const {
  if (!data_[data])
    throw RunError{"what was found in the store does not fit; run again to make it anew"};
  return *data_[data];
}

std::string Workshop::load(std::size_t d) {
  const auto take_in = [&](const store::Object& object) { data_records_[d] = record_of(object); };
  if (!needed_[d] && shelf_.restore(shelf_.data[d], take_in))
    return "all that is made of it was found in the store";
  auto line = read(d);
  shelf_.keep(shelf_.data[d], to_artifact(data_records_[d]));
  return line;
}

std::string Workshop::read(std::size_t d) {
  // What is only looked at needs no labels.
  data_[d] =
      load_dataset(plan_.data[d], surroundings(shelf_.data[d].name),
                   {learnt_from_[d] ? data::Purpose::study : data::Purpose::apply, keeping_});
  auto& record = data_records_[d];
  record = {plan_.data[d].name, data_[d]->columns().domain, data_[d]->rows(),
            data_[d]->class_rows(), data_[d]->gaps()};
  return fmt::format("{} events{}; {} features{}{}", record.rows, in_classes(record.class_rows),
                     data_[d]->features().columns, data_[d]->in_file() ? ", in a file" : "",
                     files_in_short(*data_[d]));
}

std::string Workshop::train(std::size_t t) {
  const auto& node = plan_.trainings[t];
  const auto take_in = [&](const store::Object& object) {
    trained_[t] =
        trained_of(object, std::make_shared<network::Network>(node.graph, node.loss), device_);
  };
  auto line = shelf_.find_or_make(
      shelf_.trainings[t], take_in, [&] { return make_training(t); },
      [&] { return to_artifact(*trained_[t], origin(t)); });
  auto& record = trainings_[t];
  record.parameters = node.graph.parameters();
  record.train_rows = trained_[t]->train_rows;
  record.validation_rows = trained_[t]->validation_rows;
  record.history = trained_[t]->history;
  if (!options_.weights.empty()) keep_weights(t);
  release(data_users_[node.data], data_[node.data]);
  return line;
}

std::string Workshop::make_training(std::size_t t) {
  const auto& node = plan_.trainings[t];
  const auto begin = std::chrono::steady_clock::now();
  const auto checkpoint = shelf_.checkpoint(shelf_.trainings[t], options_.checkpoint_every);
  trained_[t] = run::train(node, data_of(node.data), splits(), device_,
                           surroundings(shelf_.trainings[t].name), checkpoint.get());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto before = checkpoint ? checkpoint->epochs_found() : 0;
  const auto epochs = trained_[t]->history.epochs.size() - before;
  const auto rows = trained_[t]->train_rows;
  traffic_[t] = trained_[t]->traffic;
  training_events_ += epochs * rows;
  if (before > 0) ++resumed_;
  {
    const std::lock_guard lock{mutex_};
    training_seconds_ += took.count();
  }
  return fmt::format("{}{} epochs of {} events, {:.0f} events/s",
                     before > 0 ? fmt::format("{} epochs before, ", before) : "", epochs, rows,
                     static_cast<double>(epochs * rows) / took.count());
}

Origin Workshop::origin(std::size_t t) const {
  const auto& node = plan_.trainings[t];
  return {node.trainer.name, coordinates_[t], plan_.data[node.data].name, plan_.resolved};
}

void Workshop::keep_weights(std::size_t t) {
  const auto name = weights_file_name(origin(t));
  save_weights(options_.weights / name, *trained_[t], origin(t));
  weights_[t] = name;
}

std::string Workshop::score(std::size_t s) {
  const auto& node = plan_.scores[s];
  auto& row = measured_[s];
  const auto make = [&]() -> std::string {
    auto scored =
        run::score(node, *trained_[node.training], data_of(plan_.trainings[node.training].data),
                   data_of(node.data), splits(), surroundings_of(node));
    if (!scored.row.quantities.empty() || !scored.row.curves.empty()) row = std::move(scored.row);
    // What the others measured counts, and is not kept: the next run tries again.
    if (!scored.failures.empty())
      throw RunError{fmt::format("{}", fmt::join(scored.failures, "; "))};
    return in_short(row->quantities);
  };
  auto line = shelf_.find_or_make(
      shelf_.scores[s], [&](const store::Object& object) { row = row_of(object); }, make,
      [&] { return to_artifact(*row); });
  let_go(node);
  return line;
}

std::string Workshop::sharpness(std::size_t s) {
  const auto& node = plan_.sharpness[s];
  auto& measured = sharpness_[s];
  const auto make = [&] {
    measured = measure_sharpness(node, *trained_[node.training], data_of(node.data), splits(),
                                 surroundings_of(node));
    return in_short(measured->quantities);
  };
  auto line = shelf_.find_or_make(
      shelf_.sharpness[s], [&](const store::Object& object) { measured = sharpness_of(object); },
      make, [&] { return to_artifact(*measured); });
  measured->measure = node.stage.name;
  let_go(node);
  return line;
}

std::string Workshop::distribution(std::size_t d) {
  const auto& node = plan_.distributions[d];
  auto& columns = distributions_[d];
  const auto make = [&] {
    std::vector<NamedData> sets;
    for (const auto data : node.data) {
      data_of(data);
      sets.push_back({plan_.data[data].name, data_[data]});
    }
    columns = measure_distribution(node, sets, splits(), surroundings(""));
    return fmt::format("{} columns", columns.size());
  };
  const auto take_in = [&](const store::Object& object) {
    columns = distributions_of(object);
    for (auto& column : columns) {
      column.name = node.name;
      column.coordinates = node.coordinates;
      column.split = node.split;
    }
  };
  auto line = shelf_.find_or_make(shelf_.distributions[d], take_in, make,
                                  [&] { return to_artifact(columns); });
  for (const auto data : node.data) release(data_users_[data], data_[data]);
  return line;
}

/// A measurement is done with its network and its data.
template <class Node>
void Workshop::let_go(const Node& node) {
  release(data_users_[node.data], data_[node.data]);
  const auto learnt = plan_.trainings[node.training].data;
  release(data_users_[learnt], data_[learnt]);
  release(trained_users_[node.training], trained_[node.training]);
}

StudyOutcome Workshop::outcome() {
  StudyOutcome out;
  out.weights = std::move(weights_);
  out.traffic = std::move(traffic_);
  out.device = device_->description();
  out.found = shelf_.found();
  out.resumed = resumed_;
  out.keys = shelf_.keys();
  out.training_seconds = training_seconds_;
  out.training_events = training_events_;
  auto& results = out.results;
  results.name = plan_.name;
  results.extends = plan_.extends;
  results.seed = plan_.seed;
  results.axes = plan_.axes;
  add_rows(results);
  for (auto& columns : distributions_)
    for (auto& column : columns) results.distributions.push_back(std::move(column));
  results.trainings = std::move(trainings_);
  results.data = std::move(data_records_);
  return out;
}

void Workshop::add_rows(pipeline::StudyResults& results) {
  for (const auto& row : plan_.rows) {
    if (!measured_[row.score]) continue;
    auto& measured = results.rows.emplace_back(*measured_[row.score]);
    measured.coordinates = row.coordinates;
    const auto& node = plan_.scores[row.score];
    measured.trained_on = domain_of(plan_.data[plan_.trainings[node.training].data]);
    measured.tested_on = domain_of(plan_.data[node.data]);
  }
  for (const auto& row : plan_.sharpness_rows) {
    if (!sharpness_[row.node]) continue;
    auto& measured = results.sharpness.emplace_back(*sharpness_[row.node]);
    measured.coordinates = row.coordinates;
  }
}

}  // namespace steppe::run
