// Accuracy: the weighted fraction of events that are called what they are. Of two classes: by a
// threshold on the probability; of several: the class with the largest logit.
#include "scored_events.hpp"

namespace {

struct Accuracy {
  struct Parameters {
    double threshold = 0.5;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::threshold>(
          "of two classes: probability from which on an event is called signal",
          steppe::between(0.0, 1.0)));
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    check(scores);
    // The sigmoid rises, so its threshold is one on the logit; 0 and 1 become infinities.
    const double cut = std::log(parameters.threshold) - std::log1p(-parameters.threshold);
    steppe::metrics::ClassWeight all;
    steppe::metrics::ClassWeight right;
    for (std::size_t i = 0; i < scores.rows(); ++i) {
      const auto logits = scores.logits_of(i);
      // Of equal ones the first.
      const auto called = scores.classes == 2
                              ? std::ptrdiff_t{double{logits[0]} >= cut}
                              : std::max_element(logits.begin(), logits.end()) - logits.begin();
      all.add(double{scores.weights[i]});
      if (static_cast<float>(called) == scores.labels[i]) right.add(double{scores.weights[i]});
    }
    const double accuracy = right.sum / all.sum;
    const auto [low, high] = steppe::metrics::wilson(all, accuracy, right.sum_of_squares);
    results.value("accuracy", accuracy, (high - low) / 2);
  }

 private:
  void check(const steppe::Scores& scores) const {
    if (scores.classes == 2) {
      steppe::metrics::weigh(scores);
      return;
    }
    if (scores.classes == 0)
      throw steppe::Error{"it needs a target with classes, and this one is a real value; use '" +
                          steppe::metrics::usual_metric(scores) + "'"};
    if (parameters.threshold != 0.5)
      throw steppe::Error{"'threshold' is for two classes, and the target " +
                          steppe::metrics::described_target(scores) + "; leave it out"};
    steppe::metrics::weigh_all(scores);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Accuracy>(
    {.name = "accuracy",
     .summary = "fraction of events whose class is found",
     .text = "Of two classes, an event is called signal when sigmoid(logit) >= threshold; of "
             "several, it is called the class with the largest logit. Event weights are used, so "
             "the answer depends on the mixture of the classes.\n\n"
             "Gives `accuracy`; the uncertainty is half the width of Wilson's interval of one "
             "standard deviation, with weights for as many events as fluctuate like them.",
     .source = "Wilson, J. Am. Stat. Assoc. 22 (1927) 209",
     .version = "2",
     .example = "[metric.accuracy]\nthreshold = 0.5"}))
