// Delta S of arXiv:2411.09296: how much of what a network loses on another generator an attack in
// its training gives back,
//
//   Delta S = (S'_ab - S_ab) / (S_bb - S_ab),
//
// with S_ab the score on domain b of the reference (no attack) trained on domain a, S'_ab that of
// the same with the attack, and S_bb the reference trained on b itself: the optimum. 0 is no help,
// 1 is as good as having been trained there.
//
// Over trials it is the ratio of mean gain g = S' - S_ab to mean gap d = S_bb - S_ab, not the mean
// of ratios, which small gaps would rule. Trials are paired (same seeds), so the variance of the
// ratio is the delta method's with the covariance between trials: that of the residuals
// r_t = g_t - Delta S d_t, which have mean zero,
//
//   var Delta S = sum_t r_t^2 / ((n - 1) n d^2).
//
// Of a single trial, what the metric says of its own uncertainties is all there is; they are added
// as if the three scores were independent.
#include <steppe/metric.hpp>

#include <cmath>
#include <string>
#include <vector>

#include "spell.hpp"
#include "transfers.hpp"
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace {

using steppe::Number;
using steppe::metrics::spell;
using steppe::metrics::Transfer;
using steppe::metrics::Undefined;

/// How many errors of a mean over `trials` are as improbable as `sigmas` of a normal distribution.
double student_errors(double sigmas, std::size_t trials) {
  using boost::math::complement;
  const double beyond = cdf(complement(boost::math::normal{}, sigmas));
  const boost::math::students_t student{static_cast<double>(trials - 1)};
  return quantile(complement(student, beyond));
}

/// A mean and its uncertainty.
Number mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double v : values) mean += v / n;
  double square = 0;
  for (const double v : values) square += (v - mean) * (v - mean);
  return {mean, std::sqrt(square / (n - 1) / n)};
}

/// The gap of all trials. @throws Undefined where it is not significant.
double gap_of(const Transfer& transfer, const std::vector<double>& gaps, const std::string& of,
              double sigmas) {
  const auto& first = transfer.trials.front();
  const bool single = gaps.size() == 1;
  const Number gap =
      single ? Number{gaps[0], std::hypot(first.optimum.uncertainty, first.reference.uncertainty)}
             : mean_of(gaps);
  if (std::isnan(gap.uncertainty))
    throw Undefined{"one trial of '" + of +
                    "', which has no uncertainty, cannot tell whether there is a gap; use more "
                    "trials"};
  const double errors = single ? sigmas : student_errors(sigmas, gaps.size());
  if (gap.value > errors * gap.uncertainty) return gap.value;
  auto reason = "on '" + transfer.to + "' a network trained there has " + spell(gap.value, 3) +
                " +- " + spell(gap.uncertainty, 2) + " more '" + of + "' than one trained on '" +
                transfer.from + "', which is not " + spell(sigmas, 3) + " sigma above zero";
  if (!single)
    reason += " (" + spell(errors, 3) + " times the uncertainty for " +
              std::to_string(gaps.size()) + " trials)";
  reason += "; use more trials";
  throw Undefined{reason};
}

/// What the trials say. @throws Undefined where the gap is not significant.
Number delta_s(const Transfer& transfer, const std::string& of, double sigmas) {
  const auto& trials = transfer.trials;
  if (trials.empty()) throw Undefined{transfer.missing};
  std::vector<double> gains, gaps;
  for (const auto& t : trials) {
    gains.push_back(t.method.value - t.reference.value);
    gaps.push_back(t.optimum.value - t.reference.value);
  }
  const double gap = gap_of(transfer, gaps, of, sigmas);
  const double value = mean_of(gains).value / gap;
  if (trials.size() == 1) {
    const auto& [method, reference, optimum] = trials.front();
    return {value, std::hypot(method.uncertainty, value * optimum.uncertainty,
                              (1 - value) * reference.uncertainty) /
                       gap};
  }
  std::vector<double> residuals;
  for (std::size_t t = 0; t < gaps.size(); ++t) residuals.push_back(gains[t] - value * gaps[t]);
  return {value, mean_of(residuals).uncertainty / gap};
}

struct DeltaS {
  struct Parameters {
    std::string of = "auc";
    std::string attack = "attack";
    std::string reference = "none";
    std::string train;
    std::string test;
    double significance = 2;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::of>(
              "the score S: a value of a metric in [evaluate], of which more is better"),
          steppe::field<&Parameters::attack>("axis of the methods that are compared"),
          steppe::field<&Parameters::reference>("its value for the reference"),
          steppe::field<&Parameters::train>(
              "axis of what was trained on; empty: the axis that decides its domain"),
          steppe::field<&Parameters::test>(
              "axis of what is tested on, whose values are compared with those of 'train'; empty: "
              "domains are compared"),
          steppe::field<&Parameters::significance>("how far above zero the gap must be",
                                                   steppe::between(0.0, 30.0),
                                                   steppe::unit("sigma")));
    }
    void validate() const {
      if (!test.empty() && train.empty())
        throw steppe::Error{"'test' names an axis, so 'train' must name one too"};
    }
  };
  Parameters parameters;

  void compare(const steppe::Study& study, const steppe::Results& results) const {
    try {
      const steppe::metrics::TransferTable table{
          study,
          {parameters.of, parameters.attack, parameters.reference, parameters.train,
           parameters.test}};
      for (const auto& transfer : table.transfers()) report(transfer, results);
    } catch (const Undefined& lack) {
      results.undefined("delta_s", lack.reason);
    }
  }

  void report(const Transfer& transfer, const steppe::Results& results) const {
    results.at(transfer.point);
    try {
      const auto number = delta_s(transfer, parameters.of, parameters.significance);
      results.value("delta_s", number.value, number.uncertainty);
    } catch (const Undefined& lack) {
      results.undefined("delta_s", lack.reason);
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<DeltaS>(
    {.name = "delta_s",
     .summary = "how much of the loss on another domain an attack in training gives back",
     .text = "Delta S = (S'_ab - S_ab) / (S_bb - S_ab): S_ab is the score on domain b of the "
             "reference trained on a, S'_ab the same with an attack in training, S_bb the "
             "reference trained on b. 0: no help; 1: as good as having been trained on b.\n\n"
             "Looks at the whole study and gives `delta_s` for every attack, and every domain "
             "trained on and other domain tested on. Over trials it is the ratio of the mean "
             "gain to the mean gap; its uncertainty is the delta method's with the covariance "
             "of the paired trials. Of a single trial it comes from the uncertainties of the "
             "scores, as if they were independent, and does not hold the spread over "
             "trainings. Trials that lack one of the three scores are left out. What another "
             "sample of events would change is not in the spread over trials.\n\n"
             "Undefined, with the reason, where the gap S_bb - S_ab is not significantly above "
             "zero: by `significance` sigma, which for few trials are more errors of the mean "
             "(Student's t: 2 sigma are 13.97 errors for 2 trials, 4.53 for 3, 2.87 for 5).",
     .source =
         "arXiv:2411.09296, section on the performance metrics; Student, Biometrika 6 (1908) 1",
     .example = "[evaluate]\nmetrics = [\"auc\", \"delta_s\"]\n\n[metric.delta_s]\nof = \"auc\""}))
