#include "framework/report/student.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace steppe::report {

namespace {

using boost::math::complement;

boost::math::students_t student(std::size_t trials) {
  return boost::math::students_t{static_cast<double>(trials - 1)};
}

}  // namespace

double p_value(const TrialMean& mean) {
  if (mean.trials < 2 || !(mean.error > 0)) return std::numeric_limits<double>::quiet_NaN();
  return 2 * cdf(complement(student(mean.trials), std::abs(mean.mean) / mean.error));
}

double p_value(const TrialMean& first, const TrialMean& second) {
  const double a = first.error * first.error, b = second.error * second.error;
  if (first.trials < 2 || second.trials < 2 || !(a + b > 0))
    return std::numeric_limits<double>::quiet_NaN();
  const auto freedom = [](const TrialMean& mean) { return static_cast<double>(mean.trials - 1); };
  const double together = (a + b) * (a + b) / (a * a / freedom(first) + b * b / freedom(second));
  const double errors = std::abs(second.mean - first.mean) / std::sqrt(a + b);
  return 2 * cdf(complement(boost::math::students_t{together}, errors));
}

double sigmas_of(double p_value) {
  // Where the probability is no number any more, the largest distance that is one.
  const double p = std::max(p_value, std::numeric_limits<double>::min());
  return quantile(complement(boost::math::normal{}, p / 2));
}

double errors_for(double sigmas, std::size_t trials) {
  if (trials < 2) return sigmas;
  return quantile(complement(student(trials), cdf(complement(boost::math::normal{}, sigmas))));
}

}  // namespace steppe::report
