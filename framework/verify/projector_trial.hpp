// A projector at work on moved toy jets, and what it is held to.
#pragma once

#include "framework/run/objective/projection.hpp"
#include "framework/verify/bench.hpp"

#include <string>
#include <vector>

namespace steppe::verify {

class ProjectorTrial {
 public:
  /// `settings`: lines of TOML under the projector's heading; `sets`: of the document.
  ProjectorTrial(const plugin::Catalogue& catalogue, const std::string& projector,
                 const std::string& settings, const std::string& device,
                 const std::vector<std::string>& sets = {});

  // Each gives what is wrong, or "".
  std::string fault_of_repetition();
  std::string fault_of_clean_events();
  std::string fault_of_one_event();

 protected:
  /// Projects the moved events once more.
  std::vector<float> projected();

  static constexpr std::size_t rows = 24;
  pipeline::Plan plan_;
  Bench bench_;
  compute::Tensor before_, after_;
  run::Projection projection_;

 private:
  plugin::Surroundings surroundings();
};

}  // namespace steppe::verify
