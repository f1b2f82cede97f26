// Metrics: the scores of one trained network on one data set -> numbers with uncertainties.
//
//   struct Accuracy {
//     void measure(const steppe::Scores& scores, const steppe::Results& results) const;
//   };
#pragma once

#include <steppe/plugin.hpp>
#include <steppe/results.hpp>

#include <span>

namespace steppe {

/// One entry a row; of logits `outputs`. Two classes: one logit, which rises with signal, and
/// labels 0 (background) and 1 (signal). Several: a logit each, labels 0 ... classes - 1. A real
/// target: "logit" and "label" are the prediction and the true value.
struct Scores {
  std::span<const float> logits;  ///< rows x outputs, row by row
  std::span<const float> labels;
  std::span<const float> weights;
  std::span<const std::uint64_t> event_ids;
  std::size_t outputs = 1;
  std::size_t classes = 2;                 ///< of the target; 0: it is a real value
  std::span<const float> attacked_logits;  ///< after the attack of [evaluate]; empty: there is none

  std::size_t rows() const { return labels.size(); }
  std::span<const float> logits_of(std::size_t row) const {
    return logits.subspan(row * outputs, outputs);
  }
};

template <class T>
concept Metric = requires(const T& metric, const Scores& scores, const Results& results) {
  metric.measure(scores, results);
};

template <Metric Plugin>
std::unique_ptr<Stage> metric(const About& about) {
  static constexpr steppe_metric functions{
      .size = sizeof(steppe_metric),
      .measure =
          [](const void* instance, const steppe_host* host, const steppe_scores* scores,
             const steppe_results* results) {
            return detail::guard(host, [&] {
              const auto n = scores->rows;
              const auto all = n * scores->outputs;
              const auto* attacked = scores->attacked_logits;
              detail::as<Plugin>(instance).measure({{scores->logits, all},
                                                    {scores->labels, n},
                                                    {scores->weights, n},
                                                    {scores->event_ids, n},
                                                    scores->outputs,
                                                    scores->classes,
                                                    {attacked, attacked ? all : 0}},
                                                   Results{results});
            });
          },
      .compare = nullptr};
  return std::make_unique<detail::StageOf<Plugin>>("metric", about, &functions);
}

}  // namespace steppe
