// The measured ROC curve of scores, point by point: what `rejection` and `roc` read.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

#include "scored_events.hpp"

namespace steppe::metrics {

/// What passes a cut on the logit.
struct Passed {
  ClassWeight signal, background;
};

/// The measured ROC points, from the tightest cut (nothing passes) to the loosest.
inline std::vector<Passed> roc_points(const Scores& scores) {
  const auto order = by_falling_logit(scores);
  std::vector<Passed> points(1);
  Passed now;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto row = order[i];
    (scores.labels[row] == 1.0F ? now.signal : now.background).add(double{scores.weights[row]});
    const bool last_of_tie =
        i + 1 == order.size() || scores.logits[order[i + 1]] != scores.logits[row];
    if (last_of_tie) points.push_back(now);
  }
  return points;
}

/// The point whose true positive rate is nearest to `efficiency`; of several the tightest cut.
inline const Passed& nearest_point(const std::vector<Passed>& points, double efficiency,
                                   double signal_sum) {
  std::size_t best = 0;
  double best_distance = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double distance = std::abs(points[i].signal.sum / signal_sum - efficiency);
    if (distance < best_distance) best = i, best_distance = distance;
  }
  return points[best];
}

}  // namespace steppe::metrics
