// Results over trials: means with their uncertainties, and differences between test sets paired by
// trial.
#pragma once

#include "framework/pipeline/results.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::report {

/// One quantity over the trials of a point.
struct TrialMean {
  std::string name;
  std::size_t trials = 0;     ///< that have a number
  std::size_t undefined = 0;  ///< that have none
  std::string reason;         ///< of the first of these
  double mean = 0;
  double deviation = 0;  ///< standard deviation of one trial; NaN for one trial
  double error = 0;      ///< of the mean: deviation / sqrt(trials), or for a single trial
                         ///< the uncertainty the metric gave
};

/// All trials of one point. `coordinates` belong to `Summary::axes`.
struct PointMeans {
  std::vector<std::string> coordinates;
  std::vector<TrialMean> quantities;
};

/// The same networks on two test sets: `of` minus `minus`, trial by trial.
struct PairedDifference {
  std::vector<std::string> coordinates;  ///< without `test`
  std::string of, minus;
  std::vector<TrialMean> quantities;
};

/// All trials of one sharpness measure at one point. `coordinates` are without `test` and `trial`.
struct SharpnessMeans {
  std::string measure;
  std::vector<std::string> coordinates;
  std::vector<TrialMean> quantities;
};

struct Summary {
  std::vector<std::string> axes;   ///< without `trial`; `test` is the last
  std::vector<PointMeans> points;  ///< in the order of the results
  std::vector<PairedDifference> differences;
  std::vector<SharpnessMeans> sharpness;  ///< measure by measure
};

Summary summarise(const pipeline::StudyResults& results);

}  // namespace steppe::report
