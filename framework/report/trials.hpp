// Quantities over the trials of a point: means with their uncertainties, and differences that are
// paired trial by trial.
#pragma once

#include "framework/data/quantity.hpp"

#include <cstddef>
#include <map>
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
  double median = 0;
  double deviation = 0;  ///< standard deviation of one trial; NaN for one trial
  double error = 0;      ///< of the mean: deviation / sqrt(trials), or for a single trial
                         ///< the uncertainty the metric gave
};

using Quantities = std::vector<data::Quantity>;

/// What was measured at one point, by the trial.
using Trials = std::map<std::string, const Quantities*>;

/// Each quantity of any trial, in the order of first appearance.
std::vector<TrialMean> means_of(const std::vector<const Quantities*>& trials);

/// Means of `of` minus `minus` over the trials that both have a number in. Of a single one the
/// error is that of two numbers which have nothing to do with each other.
std::vector<TrialMean> differences_of(const Trials& of, const Trials& minus);

}  // namespace steppe::report
