// The ROC curve at fixed signal efficiencies, so that curves of several trainings can be averaged
// and divided point by point, and a study's results stay small.
#include "roc_points.hpp"

namespace {

struct Roc {
  struct Parameters {
    int points = 100;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::points>(
          "how many signal efficiencies: 1/points, 2/points, ... 1", steppe::at_least(2),
          steppe::at_most(200)));
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    const auto total = steppe::metrics::weigh(scores);
    const auto points = steppe::metrics::roc_points(scores);
    std::vector<double> efficiency, rate;
    for (int i = 1; i <= parameters.points; ++i) {
      efficiency.push_back(static_cast<double>(i) / parameters.points);
      const auto& point =
          steppe::metrics::nearest_point(points, efficiency.back(), total.signal.sum);
      rate.push_back(point.background.sum / total.background.sum);
    }
    results.curve("roc", "signal_efficiency", "background_efficiency", efficiency, rate);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Roc>(
    {.name = "roc",
     .summary = "the ROC curve at fixed signal efficiencies",
     .text = "Gives the curve `roc`: the false positive rate at the measured ROC point whose true "
             "positive rate is nearest to each of `points` signal efficiencies, as `rejection` "
             "reads it. Event weights are used, negative ones too. For two classes. `steppe run` "
             "draws the curves in its report, with the ratio to the points without an attack.",
     .source = "arXiv:2411.09296, section on the performance metrics",
     .example = "[metric.roc]\npoints = 100"}))
