// Area under the ROC curve, with DeLong's uncertainty.
//
// A = sum_ij w_i v_j psi(x_i, y_j) / (W V) over signal scores x (weights w, sum W) and background
// scores y (weights v, sum V), with psi = 1 if x > y, 1/2 if equal, else 0: the probability that a
// signal event scores higher than a background event.
//
// Its variance is that of a two-sample U statistic (DeLong, DeLong and Clarke-Pearson, Biometrics
// 44 (1988) 837). With the placements a_i = sum_j v_j psi(x_i, y_j) / V and
// b_j = sum_i w_i psi(x_i, y_j) / W,
//   var A = m/(m-1) sum_i w_i^2 (a_i - A)^2 / W^2 + n/(n-1) sum_j v_j^2 (b_j - A)^2 / V^2,
// where m = W^2 / sum w^2 and n = V^2 / sum v^2 count the events; unit weights give DeLong's
// formula. One sort gives all placements (Sun and Xu, IEEE Signal Processing Letters 21 (2014)
// 1389).
#include "scored_events.hpp"

namespace {

/// Placement of every row among the rows of the other class, all in one walk over tied groups.
std::vector<double> placements(const steppe::Scores& scores,
                               const steppe::metrics::ClassWeights& total) {
  const auto order = steppe::metrics::by_falling_logit(scores);
  std::vector<double> out(order.size());
  double signal_above = 0;
  double background_above = 0;
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    double signal_tied = 0;
    double background_tied = 0;
    for (; end < order.size() && scores.logits[order[end]] == scores.logits[order[begin]]; ++end)
      (scores.labels[order[end]] == 1.0F ? signal_tied : background_tied) +=
          double{scores.weights[order[end]]};
    const double background_below = total.background.sum - background_above - background_tied;
    const double of_signal = (background_below + background_tied / 2) / total.background.sum;
    const double of_background = (signal_above + signal_tied / 2) / total.signal.sum;
    for (std::size_t i = begin; i < end; ++i)
      out[order[i]] = scores.labels[order[i]] == 1.0F ? of_signal : of_background;
    signal_above += signal_tied;
    background_above += background_tied;
  }
  return out;
}

struct Auc {
  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    const auto total = steppe::metrics::weigh(scores);
    const auto placement = placements(scores, total);
    double area = 0;
    for (std::size_t i = 0; i < placement.size(); ++i)
      if (scores.labels[i] == 1.0F) area += double{scores.weights[i]} * placement[i];
    area /= total.signal.sum;

    double signal_squares = 0;
    double background_squares = 0;
    for (std::size_t i = 0; i < placement.size(); ++i) {
      const double pull = double{scores.weights[i]} * (placement[i] - area);
      (scores.labels[i] == 1.0F ? signal_squares : background_squares) += pull * pull;
    }
    results.value("auc", area,
                  std::sqrt(steppe::metrics::mean_variance(total.signal, signal_squares) +
                            steppe::metrics::mean_variance(total.background, background_squares)));
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Auc>(
    {.name = "auc",
     .summary = "area under the ROC curve, with its statistical uncertainty",
     .text = "The probability that a signal event scores higher than a background event; equal "
             "scores count one half. Event weights are used, negative ones too, as long as each "
             "class has a positive sum. For two classes.\n\n"
             "Gives `auc`. The uncertainty is DeLong's, from the finite number of events; with "
             "weights, from the weighted placements. It does not hold the spread over trainings.",
     .source = "DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988) 837; Sun and Xu, "
               "IEEE Signal Processing Letters 21 (2014) 1389",
     .example = "[evaluate]\nmetrics = [\"auc\"]"}))
