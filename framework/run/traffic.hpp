// What went between host and device in the steps of a training, and who asked for it.
//
// Nothing has to come back from a device before an epoch is over: what does is named, so that
// whoever wrote the stage can see what it costs. What validation and checkpoints read belongs to no
// step.
#pragma once

#include "framework/compute/device.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace steppe::run {

/// What made the device send something to the host, or the host wait for it.
struct StageTraffic {
  std::string stage;         ///< "attack 'pgd'"
  compute::Traffic traffic;  ///< of all steps together
  std::uint64_t steps = 0;   ///< in which it did
};

/// Of all steps of a training that were made by this run; all 0 where the host computes in memory
/// of its own.
struct TrainingTraffic {
  std::uint64_t steps = 0;
  compute::Traffic traffic;
  std::vector<StageTraffic> stages;  ///< only those that did

  /// The mean over the steps.
  double a_step(std::uint64_t of_all) const {
    return steps > 0 ? static_cast<double>(of_all) / static_cast<double>(steps) : 0.0;
  }
  /// A sentence for each of the stages.
  std::vector<std::string> sentences() const;
};

}  // namespace steppe::run
