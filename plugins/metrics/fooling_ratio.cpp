// How many events that a network has right does an attack turn wrong? And the four counts behind
// it, as CONSERVAttack (arXiv:2603.13970) has them.
//
//   fooling ratio = (right before, wrong after) / (right before)
//
// Uncertainty: half the width of Wilson's interval at one standard deviation (J. Am. Stat. Assoc.
// 22 (1927) 209), sqrt(f (1 - f) / n + 1 / (4 n^2)) / (1 + 1 / n), which is not zero where none or
// all are fooled. With weights n is (sum w)^2 / sum w^2.
#include "scored_events.hpp"

namespace {

using steppe::metrics::ClassWeight;

/// Events of one class, or of all, that were right before.
struct Fooled {
  ClassWeight right_before, of_these_wrong;

  void report(const std::string& name, const steppe::Results& results) const {
    if (right_before.rows == 0)
      return results.undefined(name, "the network has no event of them right before the attack");
    if (!(right_before.sum > 0))
      return results.undefined(name,
                               "the weights of the events that are right before the attack sum to "
                               "no more than zero");
    const double ratio = of_these_wrong.sum / right_before.sum;
    const double n = right_before.effective_rows();
    const double variance =
        steppe::metrics::fraction_variance(right_before, ratio, of_these_wrong.sum_of_squares);
    results.value(name, ratio, std::sqrt(variance + 1 / (4 * n * n)) / (1 + 1 / n));
  }
};

/// Called right: the logit's side of 0, or of several classes the one with the highest logit.
bool is_right(std::span<const float> logits, float label) {
  if (logits.size() == 1) return (logits[0] >= 0.0F) == (label == 1.0F);
  const auto highest = std::max_element(logits.begin(), logits.end()) - logits.begin();
  return static_cast<float>(highest) == label;
}

std::string name_of_class(std::size_t index, std::size_t classes) {
  if (classes == 2) return index == 1 ? "signal" : "background";
  return "class_" + std::to_string(index);
}

void check(const steppe::Scores& scores) {
  if (scores.attacked_logits.empty())
    throw steppe::Error{
        "there are no scores after an attack; name one in [evaluate], such as attack = \"fgsm\""};
  if (scores.classes == 0)
    throw steppe::Error{"the target is a real value, which no event has simply right or wrong"};
  const auto finite = [](float x) { return std::isfinite(x); };
  const auto all_finite = [&](std::span<const float> list) {
    return std::all_of(list.begin(), list.end(), finite);
  };
  if (!all_finite(scores.logits) || !all_finite(scores.attacked_logits) ||
      !all_finite(scores.weights))
    throw steppe::Error{"a logit or a weight is not finite"};
  for (const float label : scores.labels)
    if (!(label >= 0 && label < static_cast<float>(scores.classes)))
      throw steppe::Error{"there is the label " + std::to_string(label) + " of " +
                          std::to_string(scores.classes) + " classes"};
}

struct FoolingRatio {
  struct Parameters {
    bool details = false;

    static auto schema() {
      return steppe::schema(steppe::field<&Parameters::details>(
          "give the ratio of each class as well, and the four counts"));
    }
  } parameters;

  void measure(const steppe::Scores& scores, const steppe::Results& results) const {
    check(scores);
    Fooled all;
    std::vector<Fooled> of_class(scores.classes);
    std::size_t counts[2][2] = {};
    for (std::size_t i = 0; i < scores.rows(); ++i) {
      const float label = scores.labels[i];
      const bool right = is_right(scores.logits_of(i), label);
      const bool stays_right =
          is_right(scores.attacked_logits.subspan(i * scores.outputs, scores.outputs), label);
      ++counts[right][stays_right];
      if (!right) continue;
      for (auto* group : {&all, &of_class[static_cast<std::size_t>(label)]}) {
        group->right_before.add(double{scores.weights[i]});
        if (!stays_right) group->of_these_wrong.add(double{scores.weights[i]});
      }
    }
    all.report("fooling_ratio", results);
    if (!parameters.details) return;
    for (std::size_t c = 0; c < of_class.size(); ++c)
      of_class[c].report("fooling_ratio." + name_of_class(c, of_class.size()), results);
    const auto count = [&](const char* name, bool before, bool after) {
      results.value(name, static_cast<double>(counts[before][after]));
    };
    count("fooling_matrix.right_right", true, true);
    count("fooling_matrix.right_wrong", true, false);
    count("fooling_matrix.wrong_right", false, true);
    count("fooling_matrix.wrong_wrong", false, false);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::metric<FoolingRatio>(
    {.name = "fooling_ratio",
     .summary = "fraction of the events a network has right that an attack turns wrong",
     .text =
         "Needs an attack in [evaluate]. An event is called signal when its logit is not below "
         "0; of several classes it is called the one with the highest logit. Event weights are "
         "used.\n\n"
         "Gives `fooling_ratio`; with `details` also `fooling_ratio.signal` and "
         "`fooling_ratio.background` (of several classes `fooling_ratio.class_0`, ...), and "
         "`fooling_matrix.right_wrong` and its three sisters: numbers of events, right or wrong "
         "before and after, without weights. Uncertainties are Wilson's.",
     .source = "arXiv:2603.13970; Wilson, J. Am. Stat. Assoc. 22 (1927) 209",
     .example = "[evaluate]\nattack  = \"fgsm\"\nmetrics = [\"fooling_ratio\"]"}))
