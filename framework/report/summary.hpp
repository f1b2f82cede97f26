// Results over trials: means with their uncertainties, and differences paired by trial: between
// test sets, and from the points without an attack.
#pragma once

#include "framework/pipeline/results.hpp"
#include "framework/report/trials.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::report {

/// All trials of one point. `coordinates` belong to `Summary::axes`.
struct PointMeans {
  std::vector<std::string> coordinates;
  std::vector<TrialMean> quantities;
};

/// Two points that differ on one axis only: `of` minus `minus`, trial by trial.
struct PairedDifference {
  std::string axis;
  std::vector<std::string> coordinates;  ///< without this axis
  std::string of, minus;
  std::vector<TrialMean> quantities;
};

/// What one stage gave at one point: a sharpness measure, over trials, or a metric of the whole
/// study, whose values are over trials already.
struct StageMeans {
  std::string stage;                     ///< its heading
  std::vector<std::string> coordinates;  ///< of sharpness without `test`; none: the whole study
  std::vector<TrialMean> quantities;
};

/// How many events were scored on a test set.
struct ScoredEvents {
  std::string test;
  std::size_t fewest = 0, most = 0;  ///< of all points and trials
  std::size_t signal = 0;            ///< of the first; 0 where there is no signal
};

struct Summary {
  std::vector<std::string> axes;              ///< without `trial`; `test` is the last
  std::vector<PointMeans> points;             ///< in the order of the results
  std::vector<ScoredEvents> scored;           ///< a test set each, in the order of the results
  std::vector<PairedDifference> differences;  ///< the same networks on two test sets
  /// From the point that has "none" on an axis, which is how files spell "no attack".
  std::vector<PairedDifference> gains;
  std::vector<StageMeans> sharpness;    ///< measure by measure
  std::vector<StageMeans> comparisons;  ///< metrics of the whole study
};

Summary summarise(const pipeline::StudyResults& results);

}  // namespace steppe::report
