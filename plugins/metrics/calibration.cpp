// Calibration: are events of probability 0.8 signal in 8 of 10 cases?
//
// Expected calibration error over bins b of equal weight (Naeini, Cooper and Hauskrecht, AAAI 2015,
// 2901; equal mass: Nixon et al., arXiv:1904.01685), with the mean probability p_b and the fraction
// of signal y_b,
//
//   ECE = sum_b W_b / W |p_b - y_b|.
//
// With finite samples it is above zero even for perfect probabilities. What they would give is the
// mean of |x| for x normal with the deviation that labels drawn with these probabilities have,
//
//   floor = sum_b W_b / W sqrt(2 / pi) sigma_b,   sigma_b^2 = sum_i w_i^2 p_i (1 - p_i) / W_b^2.
//
// Brier score: the mean of (p - y)^2 (Brier, Monthly Weather Review 78 (1950) 1). It and the ECE
// are means of one number an event, the ECE with the signs of its bins as they are; so the variance
// of both is sum_i w_i^2 (x_i - x)^2 / W^2.
#include <numbers>

#include "scored_events.hpp"

namespace {

using steppe::metrics::ClassWeight;

double probability(float logit) { return 1 / (1 + std::exp(-double{logit})); }

/// Events of neighbouring probabilities.
struct Bin {
  std::vector<std::size_t> rows;
  ClassWeight all, signal;
  double probabilities = 0;  ///< sum of w p
  double variances = 0;      ///< sum of w^2 p (1 - p)

  void add(const steppe::Scores& scores, std::size_t row) {
    const double weight = double{scores.weights[row]};
    const double p = probability(scores.logits[row]);
    rows.push_back(row);
    all.add(weight);
    if (scores.labels[row] == 1.0F) signal.add(weight);
    probabilities += weight * p;
    variances += weight * weight * p * (1 - p);
  }
  double mean_probability() const { return probabilities / all.sum; }
  double signal_fraction() const { return signal.sum / all.sum; }
};

/// Bins of equal sums of |w|, by rising probability. Equal scores stay together: they go where the
/// middle of their weight lies. Bins that stay empty are left out. @throws Error when a bin weighs
/// nothing.
std::vector<Bin> bins_of(const steppe::Scores& scores, std::size_t count) {
  auto order = steppe::metrics::by_falling_logit(scores);
  std::reverse(order.begin(), order.end());
  double total = 0;
  for (const float weight : scores.weights) total += std::abs(double{weight});
  std::vector<Bin> bins(count);
  double below = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double tied = 0;
    for (; end < order.size() && scores.logits[order[end]] == scores.logits[order[begin]]; ++end)
      tied += std::abs(double{scores.weights[order[end]]});
    const double middle = (below + tied / 2) / total * static_cast<double>(count);
    auto& bin = bins[std::min(static_cast<std::size_t>(middle), count - 1)];
    for (std::size_t i = begin; i < end; ++i) bin.add(scores, order[i]);
    below += tied;
  }
  std::erase_if(bins, [](const Bin& bin) { return bin.rows.empty(); });
  for (const auto& bin : bins)
    if (!(bin.all.sum > 0))
      throw steppe::Error{"the weights of " + std::to_string(bin.rows.size()) +
                          " events of neighbouring probabilities sum to " +
                          std::to_string(bin.all.sum) +
                          ", which is not above zero; use fewer 'bins'"};
  return bins;
}

/// The mean of one number an event, and its uncertainty.
steppe::Number mean(const steppe::Scores& scores, const std::vector<double>& x) {
  ClassWeight all;
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    all.add(double{scores.weights[i]});
    sum += double{scores.weights[i]} * x[i];
  }
  const double out = sum / all.sum;
  double squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double pull = double{scores.weights[i]} * (x[i] - out);
    squares += pull * pull;
  }
  return {out, std::sqrt(squares) / all.sum};
}

struct Calibration {
  struct Parameters {
    int bins = 15;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::bins>(
          "how many bins of equal weight the events are put into", steppe::at_least(1)));
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    const auto total = steppe::metrics::weigh(scores);
    const auto bins = bins_of(scores, static_cast<std::size_t>(parameters.bins));
    std::vector<double> excess(scores.logits.size());
    std::vector<double> square(scores.logits.size());
    double floor = 0;
    for (const auto& bin : bins) {
      const double sign = bin.mean_probability() < bin.signal_fraction() ? -1 : 1;
      for (const auto row : bin.rows) {
        const double miss = probability(scores.logits[row]) - double{scores.labels[row]};
        excess[row] = sign * miss;
        square[row] = miss * miss;
      }
      floor += std::sqrt(2 / std::numbers::pi * bin.variances);
    }
    const auto error = mean(scores, excess);
    const auto brier = mean(scores, square);
    results.value("ece", error.value, error.uncertainty);
    results.value("ece_floor", floor / (total.signal.sum + total.background.sum));
    results.value("brier", brier.value, brier.uncertainty);
    curves(bins, results);
  }

  /// The fraction of signal over the mean probability, and the ends of its interval.
  static void curves(const std::vector<Bin>& bins, const steppe::Results& results) {
    std::vector<double> x, y, low, high;
    for (const auto& bin : bins) {
      const double fraction = bin.signal_fraction();
      const auto interval = steppe::metrics::wilson(bin.all, fraction, bin.signal.sum_of_squares);
      x.push_back(bin.mean_probability());
      y.push_back(fraction);
      low.push_back(interval.low);
      high.push_back(interval.high);
    }
    results.curve("reliability", "probability", "signal_fraction", x, y);
    results.curve("reliability_low", "probability", "signal_fraction", x, low);
    results.curve("reliability_high", "probability", "signal_fraction", x, high);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Calibration>(
    {.name = "calibration",
     .summary = "how well probabilities agree with the fractions of signal",
     .text = "Events are put into bins of equal weight by their probability, sigmoid(logit). "
             "`ece` is the mean distance between a bin's mean probability and its fraction of "
             "signal; `ece_floor` is what perfect probabilities would give with these events, "
             "so an `ece` near it says nothing against them. `brier` is the mean square of "
             "probability minus label. Event weights are used, so all depend on the mixture of "
             "the classes; each bin must weigh more than zero.\n\n"
             "Gives the curve `reliability`, fraction of signal over mean probability, with "
             "the ends `reliability_low` and `reliability_high` of Wilson's interval of one "
             "standard deviation. The uncertainties of `ece` and `brier` are those of means "
             "over events.",
     .source = "Naeini, Cooper and Hauskrecht, AAAI 2015, 2901; Nixon et al., arXiv:1904.01685; "
               "Brier, Monthly Weather Review 78 (1950) 1",
     .example = "[metric.calibration]\nbins = 15"}))
