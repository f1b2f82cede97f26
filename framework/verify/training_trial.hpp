// A model, an optimizer or a trainer at work in a small training, and what it is held to: the
// training ends, and ends the same every time, also when it is stopped and goes on, and on any
// number of threads.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/verify/bench.hpp"

#include <string>
#include <vector>

namespace steppe::verify {

class TrainingTrial {
 public:
  /// Beside the stage the program's own take part. `sets`: of the document, in which the stage has
  /// the heading [<kind>.it].
  TrainingTrial(const plugin::Catalogue& catalogue, const plugin::StageInfo& stage,
                std::vector<std::string> sets, std::string device);

  // Each gives what is wrong, or "".
  std::string fault_of_training() const;
  std::string fault_of_going_on() const;
  /// Of small batches and of large ones, where the trainer has a setting for them.
  std::string fault_of_threads() const;

 private:
  pipeline::Plan plan(const std::vector<std::string>& more = {}) const;

  const plugin::Catalogue& catalogue_;
  const plugin::StageInfo& stage_;
  std::vector<std::string> sets_;
  std::string device_;
};

}  // namespace steppe::verify
