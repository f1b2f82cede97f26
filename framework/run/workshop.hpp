// Where the nodes of a study are made, or taken from the shelf: what one of them gives stays here
// as long as another needs it.
#pragma once

#include "framework/pipeline/node_names.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/keep/shelf.hpp"
#include "framework/run/memory.hpp"
#include "framework/run/objective/trained.hpp"
#include "framework/run/observer.hpp"
#include "framework/run/study.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace steppe::run {

class Workshop {
 public:
  /// All outlive the workshop. @throws DeviceError, StoreError.
  Workshop(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer);

  // One node each, by its index in the plan, when all that it needs was made. They give a line
  // about what was done. [any thread]
  std::string load(std::size_t data);
  std::string train(std::size_t training);
  std::string score(std::size_t score);
  std::string sharpness(std::size_t measure);
  std::string distribution(std::size_t distribution);

  // What each is estimated to need, when all that it needs was made, and what of it stays. [any
  // thread]
  MemoryNeed memory_of_data(std::size_t data) const;
  MemoryNeed memory_of_training(std::size_t training) const;
  MemoryNeed memory_of_score(std::size_t score) const;
  MemoryNeed memory_of_sharpness(std::size_t measure) const;
  MemoryNeed memory_of_distribution(std::size_t distribution) const;

  /// All that was made; afterwards the workshop is empty.
  StudyOutcome outcome();

  /// What plugins at work on a node see of the host.
  plugin::Surroundings surroundings(const std::string& node);
  bool cancelled() const { return stopped_ || (options_.cancelled && *options_.cancelled); }
  /// From now on it is cancelled. [any thread]
  void stop() { stopped_ = true; }

 private:
  void count_users();
  std::string read(std::size_t data);
  std::string make_training(std::size_t training);
  Origin origin(std::size_t training) const;
  void keep_weights(std::size_t training);
  const data::Dataset& data_of(std::size_t data) const;
  std::optional<std::size_t> rows_of(std::size_t data) const;
  template <class Node>
  plugin::Surroundings surroundings_of(const Node& node);
  template <class Node>
  void let_go(const Node& node);
  void add_rows(pipeline::StudyResults& results);
  data::SplitFractions splits() const;

  const pipeline::Plan& plan_;
  const StudyOptions& options_;
  Observer& observer_;
  std::shared_ptr<compute::Device> device_;
  data::Keeping keeping_;
  Shelf shelf_;
  std::vector<pipeline::Coordinates> coordinates_;  ///< of trainings
  std::atomic<bool> stopped_ = false;

  // Of each node what it gave.
  std::vector<std::shared_ptr<const data::Dataset>> data_;
  std::vector<std::optional<TrainedNetwork>> trained_;
  std::vector<std::optional<pipeline::MeasuredRow>> measured_;
  std::vector<std::optional<pipeline::MeasuredSharpness>> sharpness_;
  std::vector<std::vector<pipeline::MeasuredDistribution>> distributions_;

  std::vector<bool> needed_;       ///< of each data set: something is to be made of it
  std::vector<bool> learnt_from_;  ///< of each data set: a network meets it
  std::deque<std::atomic<int>> data_users_, trained_users_;

  std::vector<pipeline::TrainingRecord> trainings_;
  std::vector<std::string> weights_;
  std::vector<TrainingTraffic> traffic_;
  std::vector<pipeline::DataRecord> data_records_;
  std::mutex mutex_;
  double training_seconds_ = 0;
  std::atomic<std::uint64_t> training_events_ = 0;
  std::atomic<std::size_t> resumed_ = 0;
};

}  // namespace steppe::run
