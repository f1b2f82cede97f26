// How fast the trainings of a plan are, once they have got going.
#pragma once

#include "framework/compute/profile.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/observer.hpp"
#include "framework/run/speed/lane.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace steppe::run {

struct SpeedOptions {
  std::uint64_t steps = 1000;  ///< to time of each training, beside those to get going
  int threads = 1;             ///< of each training; one training runs at a time
  /// Where the trainings are timed in parts, those steps to get going too; null: nowhere.
  compute::Profile* profile = nullptr;
};

/// A value of every round, in order of size: the middle one, and those a quarter from either end.
struct Spread {
  double median = 0, low = 0, high = 0;
};

/// Sums are over all rounds.
struct TrainingSpeed {
  Stretch sum;
  Spread samples_per_second;       ///< of a clock on the wall
  Spread samples_per_core_second;  ///< of time on a core: where others use the cores too
  Spread share_of_peak;  ///< products of all passes a second, of the most its cores could do then
  Spread peak_gflops;    ///< of one core
};

struct StudySpeed {
  std::vector<TrainingSpeed> trainings;  ///< those of the plan
  std::vector<std::string> names;        ///< of their nodes
  std::size_t rounds = 0;
};

/// Trains every training of the plan for a few steps, in rounds of all of them, so that what the
/// machine is busy with meets each of them alike; data sets are loaded once. The first round is not
/// timed. A training that ends before is begun again. Nothing is kept.
/// @throws PluginError, DataError, RunError, DeviceError.
StudySpeed measure_speed(const pipeline::Plan& plan, const SpeedOptions& options,
                         Observer& observer);

/// Of one value or more.
Spread spread_of(std::vector<double> values);

}  // namespace steppe::run
