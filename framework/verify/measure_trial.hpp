// A sharpness measure at work around a small trained network, and what it is held to.
#pragma once

#include "framework/run/measure/sharpness.hpp"
#include "framework/run/train/training.hpp"
#include "framework/verify/bench.hpp"

#include <string>
#include <vector>

namespace steppe::verify {

class MeasureTrial {
 public:
  /// `wiring`: lines of TOML under the measure's heading; `sets`: of the document.
  MeasureTrial(const plugin::Catalogue& catalogue, const std::string& measure,
               const std::string& wiring, const std::string& device,
               const std::vector<std::string>& sets = {});

  // Each gives what is wrong, or "".
  /// Measures; the network's weights and statistics stay as they are, and there are finite numbers.
  std::string fault_of_network();
  std::string fault_of_repetition();

  pipeline::MeasuredSharpness measure() const {
    return run::measure_sharpness(plan_.sharpness.front(), trained_, *data_, {}, {});
  }

 private:
  std::vector<float> now(const compute::Tensor& of) const {
    return values_of(*trained_.device->queue(), of);
  }

  pipeline::Plan plan_;
  std::shared_ptr<const data::Dataset> data_;
  run::TrainedNetwork trained_;
};

/// What is wrong where a measure's numbers are not the same bytes on any number of threads, of few
/// events at once and of many; or "". Arguments as of a trial.
std::string fault_of_threads(const plugin::Catalogue& catalogue, const std::string& measure,
                             const std::string& wiring, const std::string& device,
                             std::vector<std::string> sets = {});

/// All numbers of a measure, bit for bit.
std::vector<std::uint64_t> bits_of(const pipeline::MeasuredSharpness& measured);

}  // namespace steppe::verify
