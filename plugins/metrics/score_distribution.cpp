// How the scores of signal and of background are distributed: histograms of the probability of
// signal, each normalised to unit area.
//
// A bin of sum W_b = sum w and of width d has the density W_b / (W d), W the sum of all, with the
// statistical error sqrt(sum w^2) / (W d).
#include <algorithm>
#include <string>
#include <vector>

#include "scored_events.hpp"

namespace {

using steppe::metrics::ClassWeight;

/// sigmoid(logit), from 0 to 1.
double probability(float logit) { return 1 / (1 + std::exp(-double{logit})); }

struct ScoreDistribution {
  struct Parameters {
    int bins = 25;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::bins>("how many equal bins from 0 to 1",
                                                             steppe::between(1, 1000)));
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    const auto total = steppe::metrics::weigh(scores);
    const auto bins = static_cast<std::size_t>(parameters.bins);
    std::vector<ClassWeight> signal(bins), background(bins);
    for (std::size_t i = 0; i < scores.rows(); ++i) {
      const double place = probability(scores.logits[i]) * parameters.bins;
      // A bin holds its lower edge, the last one both.
      const auto bin = std::min(static_cast<std::size_t>(place), bins - 1);
      (scores.labels[i] == 1.0F ? signal : background)[bin].add(double{scores.weights[i]});
    }
    give("signal", signal, total.signal.sum, results);
    give("background", background, total.background.sum, results);
  }

 private:
  static void give(const std::string& name, const std::vector<ClassWeight>& bins, double total,
                   const steppe::Results& results) {
    const auto count = static_cast<double>(bins.size());
    std::vector<double> middle, density, error;
    for (std::size_t b = 0; b < bins.size(); ++b) {
      middle.push_back((static_cast<double>(b) + 0.5) / count);
      density.push_back(bins[b].sum / total * count);
      error.push_back(std::sqrt(bins[b].sum_of_squares) / total * count);
    }
    results.curve("score_" + name, "score", "density", middle, density);
    results.curve("score_" + name + "_error", "score", "error", middle, error);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<ScoreDistribution>(
    {.name = "score_distribution",
     .summary = "histograms of the scores of signal and of background",
     .text = "Puts the probabilities of signal, sigmoid(logit), of each class into `bins` equal "
             "bins from 0 to 1; a bin holds its lower edge, the last one both. Gives the curves "
             "`score_signal` and `score_background`, the density over the middle of the bin with "
             "an area of 1, and `score_signal_error` and `score_background_error`, its "
             "statistical error from sqrt(sum w^2) of the bin. Event weights are used, negative "
             "ones too. For two classes. `steppe run` draws the distributions in its report, with "
             "the ratio to the points without an attack.",
     .source = "error of a weighted bin: N. Gagunashvili, arXiv:physics/0605123",
     .example = "[metric.score_distribution]\nbins = 25"}))
