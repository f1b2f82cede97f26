// Background rejection 1/FPR at a signal efficiency: how many background events are thrown away
// for one that is kept.
//
// The ROC curve is taken at its measured points, without interpolation, and the point whose true
// positive rate is nearest to the wanted efficiency is used (of several, the one with the tightest
// cut): the definition of the code of arXiv:2411.09296.
#include "roc_points.hpp"
#include "spell.hpp"

namespace {

using steppe::metrics::ClassWeight;
using steppe::metrics::spell;

std::string no_false_positive(const ClassWeight& background, double efficiency) {
  // None of n passes: FPR < 3/n at 95 % confidence, since exp(-3) = 5 %.
  return "no background event of " + std::to_string(background.rows) +
         " passes at signal efficiency " + spell(efficiency) + "; the rejection is above " +
         spell(background.effective_rows() / 3) + " at 95 % confidence";
}

struct Rejection {
  struct Parameters {
    std::vector<double> signal_efficiency{0.85};

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::signal_efficiency>(
          "true positive rate at which the false positive rate is read; one or several",
          steppe::above(0.0), steppe::at_most(1.0)));
    }
    void validate() const {
      if (signal_efficiency.empty())
        throw steppe::Error{"'signal_efficiency' is empty; give at least one, such as 0.85"};
    }
  };
  Parameters parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    const auto total = steppe::metrics::weigh(scores);
    const auto points = steppe::metrics::roc_points(scores);
    const bool single = parameters.signal_efficiency.size() == 1;
    for (const double efficiency : parameters.signal_efficiency)
      report(steppe::metrics::nearest_point(points, efficiency, total.signal.sum).background,
             total.background, efficiency, single ? "rejection" : "rejection_" + spell(efficiency),
             results);
  }

  static void report(const ClassWeight& passed, const ClassWeight& all, double efficiency,
                     const std::string& name, const steppe::Results& results) {
    if (passed.rows == 0) return results.undefined(name, no_false_positive(all, efficiency));
    if (!(passed.sum > 0))
      return results.undefined(name,
                               "the weights of the background events that pass at signal "
                               "efficiency " +
                                   spell(efficiency) + " sum to " + spell(passed.sum) +
                                   ", which is not above zero");
    const double rate = passed.sum / all.sum;
    const auto [low, high] = steppe::metrics::wilson(all, rate, passed.sum_of_squares);
    // Negative weights may leave an interval that reaches 0, of which 1/FPR has no end.
    const double error = low > 0 ? (1 / low - 1 / high) / 2 : (high - low) / 2 / (rate * rate);
    results.value(name, 1 / rate, error);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<Rejection>(
    {.name = "rejection",
     .summary = "background rejection 1/FPR at a signal efficiency",
     .text =
         "At the measured ROC point whose true positive rate is nearest to "
         "`signal_efficiency`, without interpolation: the definition of the paper's code. Event "
         "weights are used, negative ones too. For two classes.\n\n"
         "Gives `rejection` for one efficiency, `rejection_0.5`, `rejection_0.85`, ... for "
         "several. The uncertainty is half the width of 1/FPR over Wilson's interval of one "
         "standard deviation on the false positive rate: nearly 1/FPR itself when a single "
         "event passes, sqrt((1 - f) / (f n)) / f when many do; with weights, for as many "
         "events as fluctuate like them. The threshold is taken as exact. Where no background "
         "event passes the value is undefined and a lower bound is given.",
     .source = "arXiv:2411.09296, section on the performance metrics and its public code; Wilson, "
               "J. Am. Stat. Assoc. 22 (1927) 209",
     .version = "2",
     .example = "[metric.rejection]\nsignal_efficiency = [0.5, 0.85]"}))
