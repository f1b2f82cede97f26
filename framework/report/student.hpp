// How much a mean over few trials says: Student's t distribution with trials - 1 degrees of freedom
// (Student, Biometrika 6 (1908) 1). "Sigmas" stand for probabilities of the normal distribution, so
// that 2 sigma mean the same for two trials and for a hundred.
#pragma once

#include "framework/report/trials.hpp"

namespace steppe::report {

/// Two-sided probability that the mean of numbers around zero lies as far from it as this one. NaN
/// when there are fewer than two trials, or no spread among them.
double p_value(const TrialMean& mean);

/// The same for the difference of two means whose trials have nothing to do with each other (B. L.
/// Welch, Biometrika 34 (1947) 28). NaN when one of them has fewer than two trials, or both have no
/// spread.
double p_value(const TrialMean& first, const TrialMean& second);

/// The distance from zero with this two-sided probability under a normal distribution.
double sigmas_of(double p_value);

/// How many errors of a mean over `trials` make `sigmas`, at most 30 of them: 2 sigma are 13.97
/// errors for 2 trials, 2.87 for 5, and 2 for a single trial, whose uncertainty the metric gave.
double errors_for(double sigmas, std::size_t trials);

}  // namespace steppe::report
