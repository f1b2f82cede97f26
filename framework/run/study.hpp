// Runs a plan: data, trainings and scores as nodes on oneTBB. A node starts when what it needs is
// there; what nobody needs any more is let go.
#pragma once

#include "framework/compute/profile.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/run/keep/keys.hpp"
#include "framework/run/observer.hpp"
#include "framework/run/traffic.hpp"

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace steppe::store {
class Store;
}

namespace steppe::run {

struct StudyOptions {
  /// Threads to use; 0: all cores. Results do not depend on it.
  int threads = 0;
  /// Set from outside (Ctrl-C) to stop in good order.
  const std::atomic<bool>* cancelled = nullptr;
  /// Folder for the weights of every training; empty: none are kept.
  std::filesystem::path weights = {};
  /// Where nodes are found that were made before, and kept; null: nowhere.
  store::Store* store = nullptr;
  /// Part of every key in the store.
  Computing computing = {};
  /// Seconds between two checkpoints of a training, which are taken at the ends of epochs.
  double checkpoint_every = 30;
  /// Bytes that nodes may need side by side, by estimate (memory.hpp); 0: no limit.
  std::uint64_t memory = 0;
  /// The first node that fails stops the others.
  bool fail_fast = false;
  /// Where stages and operations are timed; null: nowhere. Results do not depend on it.
  compute::Profile* profile = nullptr;
};

struct Failure {
  std::string node;
  std::string sentence;
};

/// What became of a study.
struct StudyOutcome {
  pipeline::StudyResults results;  ///< rows that were measured, in the order of the plan
  std::vector<Failure> failures;   ///< in the order of the plan
  bool cancelled = false;
  /// Of each training its file in the folder of weights; empty where there is none.
  std::vector<std::string> weights;
  /// Of each training what went between host and device in its steps; none of one that was found.
  std::vector<TrainingTraffic> traffic;
  std::string device;           ///< what shaped the numbers
  double training_seconds = 0;  ///< summed over trainings that were made
  std::uint64_t training_events = 0;
  std::size_t found = 0;    ///< nodes that were in the store
  std::size_t resumed = 0;  ///< trainings that went on from a checkpoint
  /// Of each node by name its key in the store, as 32 digits; empty where there is no store.
  std::map<std::string, std::string> keys;
};

/// @throws DeviceError when the plan's device cannot be opened.
StudyOutcome run_study(const pipeline::Plan& plan, const StudyOptions& options, Observer& observer);

}  // namespace steppe::run
