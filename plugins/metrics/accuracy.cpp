// Accuracy: the weighted fraction of events on the right side of a threshold on the probability.
#include "scored_events.hpp"

namespace {

struct Accuracy {
  struct Parameters {
    double threshold = 0.5;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::threshold>(
          "probability from which on an event is called signal", steppe::between(0.0, 1.0)));
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    steppe::metrics::weigh(scores);
    // The sigmoid rises, so its threshold is one on the logit; 0 and 1 become infinities.
    const double cut = std::log(parameters.threshold) - std::log1p(-parameters.threshold);
    steppe::metrics::ClassWeight all;
    steppe::metrics::ClassWeight right;
    for (std::size_t i = 0; i < scores.logits.size(); ++i) {
      const bool called_signal = double{scores.logits[i]} >= cut;
      all.add(double{scores.weights[i]});
      if (called_signal == (scores.labels[i] == 1.0F)) right.add(double{scores.weights[i]});
    }
    const double accuracy = right.sum / all.sum;
    const auto [low, high] = steppe::metrics::wilson(all, accuracy, right.sum_of_squares);
    results.value("accuracy", accuracy, (high - low) / 2);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Accuracy>(
    {.name = "accuracy",
     .summary = "fraction of events on the right side of a threshold on the probability",
     .text = "An event is called signal when sigmoid(logit) >= threshold. Event weights are used, "
             "so the answer depends on the mixture of the classes.\n\n"
             "Gives `accuracy`; the uncertainty is half the width of Wilson's interval of one "
             "standard deviation, with weights for as many events as fluctuate like them.",
     .source = "Wilson, J. Am. Stat. Assoc. 22 (1927) 209",
     .version = "2",
     .example = "[metric.accuracy]\nthreshold = 0.5"}))
