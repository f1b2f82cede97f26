// The weighted mean of (prediction - target)^2 over the events, with its statistical uncertainty.
#include "scored_events.hpp"

namespace {

struct MeanSquaredError {
  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    if (scores.classes != 0)
      throw steppe::Error{"it needs a target that is a real value, and this one " +
                          steppe::metrics::described_target(scores) + "; use '" +
                          steppe::metrics::usual_metric(scores) + "'"};
    const auto all = steppe::metrics::weigh_all(scores);
    std::vector<double> errors;
    double mean = 0;
    for (std::size_t i = 0; i < scores.rows(); ++i) {
      const double away = double{scores.logits[i]} - double{scores.labels[i]};
      errors.push_back(away * away);
      mean += double{scores.weights[i]} * errors.back();
    }
    mean /= all.sum;
    double squares = 0;
    for (std::size_t i = 0; i < errors.size(); ++i) {
      const double pull = double{scores.weights[i]} * (errors[i] - mean);
      squares += pull * pull;
    }
    results.value("mean_squared_error", mean,
                  std::sqrt(steppe::metrics::mean_variance(all, squares)));
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<MeanSquaredError>(
    {.name = "mean_squared_error",
     .summary = "mean of (prediction - target)^2 of a regression",
     .text = "For targets that are real values. Event weights are used, negative ones too, as long "
             "as their sum is positive.\n\n"
             "Gives `mean_squared_error`, in the squared unit of the target. The uncertainty is "
             "that of a mean of n events, s / sqrt(n) with the sample deviation s of the squared "
             "errors, and its weighted analogue otherwise.",
     .example = "[evaluate]\nmetrics = [\"mean_squared_error\"]"}))
