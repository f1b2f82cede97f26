// What the metrics on scores share: checks that the scores mean something, sums over a class, and
// weighted fractions with their intervals.
#pragma once

#include <steppe/metric.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace steppe::metrics {

/// Sums of the event weights of one class. Negative weights are legal, their sum must be positive.
struct ClassWeight {
  std::size_t rows = 0;
  double sum = 0;
  double sum_of_squares = 0;

  void add(double weight) {
    ++rows;
    sum += weight;
    sum_of_squares += weight * weight;
  }
  /// How many events of weight 1 would fluctuate as much: (sum w)^2 / sum w^2.
  double effective_rows() const { return sum * sum / sum_of_squares; }
};

struct ClassWeights {
  ClassWeight signal, background;
};

namespace detail {

inline void check_class(const ClassWeight& one, const char* name, const char* label) {
  if (one.rows == 0)
    throw Error{std::string{"there is no "} + name + " event (label " + label +
                ") among the scores; look at the counts of the data set and of its split"};
  if (!(one.sum > 0))
    throw Error{std::string{"the weights of the "} + name + " events sum to " +
                std::to_string(one.sum) + "; they must sum to more than zero"};
}

}  // namespace detail

/// "has 3 classes", "is a real value": the target, for messages.
inline std::string described_target(const Scores& scores) {
  return scores.classes > 0 ? "has " + std::to_string(scores.classes) + " classes"
                            : "is a real value";
}

/// The metric that measures any target of this sort.
inline std::string usual_metric(const Scores& scores) {
  return scores.classes > 0 ? "accuracy" : "mean_squared_error";
}

/// @throws Error when a logit or the weight of a row is not finite.
inline void check_finite(const Scores& scores, std::size_t row) {
  for (const float logit : scores.logits_of(row))
    if (!std::isfinite(logit) || !std::isfinite(scores.weights[row]))
      throw Error{"row " + std::to_string(row) + " has the logit " + std::to_string(logit) +
                  " and the weight " + std::to_string(scores.weights[row]) +
                  "; both must be finite"};
}

/// Sums over all rows. @throws Error when they weigh nothing or something is not finite.
inline ClassWeight weigh_all(const Scores& scores) {
  ClassWeight out;
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    check_finite(scores, i);
    out.add(double{scores.weights[i]});
  }
  if (!(out.sum > 0))
    throw Error{"the weights of the events sum to " + std::to_string(out.sum) +
                "; they must sum to more than zero"};
  return out;
}

/// Sums per class of two. @throws Error when there are not two, when one is empty or weighs
/// nothing, when a label is neither 0 nor 1, or when a logit or a weight is not finite.
inline ClassWeights weigh(const Scores& scores) {
  if (scores.classes != 2)
    throw Error{"it needs a target of two classes, and this one " + described_target(scores) +
                "; use '" + usual_metric(scores) + "'"};
  ClassWeights out;
  for (std::size_t i = 0; i < scores.rows(); ++i) {
    const float label = scores.labels[i];
    if (label != 0.0F && label != 1.0F)
      throw Error{"row " + std::to_string(i) + " has the label " + std::to_string(label) +
                  "; labels are 0 (background) or 1 (signal)"};
    check_finite(scores, i);
    (label == 1.0F ? out.signal : out.background).add(double{scores.weights[i]});
  }
  detail::check_class(out.signal, "signal", "1");
  detail::check_class(out.background, "background", "0");
  return out;
}

/// Rows by falling logit. Rows of equal logit stay in order.
inline std::vector<std::size_t> by_falling_logit(const Scores& scores) {
  std::vector<std::size_t> order(scores.logits.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return scores.logits[a] > scores.logits[b];
  });
  return order;
}

/// Variance of the weighted mean of `all`, from the sum of w^2 (value - mean)^2:
/// n / (n - 1) times that over (sum w)^2, with n events that count. NaN when they count as one.
inline double mean_variance(const ClassWeight& all, double squares) {
  const double count = all.effective_rows();
  return count > 1 ? count / (count - 1) * squares / (all.sum * all.sum)
                   : std::numeric_limits<double>::quiet_NaN();
}

/// Variance of the weighted fraction f = sum_passed w / sum w, with passed_i = 1 or 0:
/// sum w^2 (passed - f)^2 / (sum w)^2, which is f (1 - f) / n for unit weights.
inline double fraction_variance(const ClassWeight& all, double fraction,
                                double sum_of_squares_passed) {
  const double passed = sum_of_squares_passed * (1 - fraction) * (1 - fraction);
  const double failed = (all.sum_of_squares - sum_of_squares_passed) * fraction * fraction;
  return (passed + failed) / (all.sum * all.sum);
}

struct Interval {
  double low, high;
};

/// Wilson's score interval of one standard deviation for a weighted fraction (Wilson, J. Am. Stat.
/// Assoc. 22 (1927) 209): the fractions f for which the measured one is one deviation
/// sqrt(f (1 - f) / n) away. It stays in 0 ... 1 and has a width even where nothing or everything
/// passed. n is the number of events of weight 1 that would fluctuate as much. A fraction that
/// negative weights bring outside 0 ... 1 gets its plain deviation.
inline Interval wilson(const ClassWeight& all, double fraction, double sum_of_squares_passed) {
  const double variance = fraction_variance(all, fraction, sum_of_squares_passed);
  const double binomial = fraction * (1 - fraction);
  if (binomial < 0) return {fraction - std::sqrt(variance), fraction + std::sqrt(variance)};
  const double n = binomial > 0 ? binomial / variance : all.effective_rows();
  const double centre = (fraction + 0.5 / n) / (1 + 1 / n);
  const double half = std::sqrt(binomial / n + 0.25 / (n * n)) / (1 + 1 / n);
  return {centre - half, centre + half};
}

}  // namespace steppe::metrics
