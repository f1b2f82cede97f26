// Curves of several trials, gathered by their place in the study: means with the error of the mean.
#pragma once

#include "framework/report/plot.hpp"
#include "framework/report/results_tables.hpp"

#include <map>
#include <string>
#include <vector>

namespace steppe::report {

/// y by trial of one curve at one point; all on the same x.
struct TrialCurves {
  std::vector<double> x;
  std::map<std::string, std::vector<double>> trials;
};

/// Curves that belong into one frame, by their coordinate on the leading axis.
struct Frame {
  Json place;  ///< the point without `trial` and the leading axis
  std::vector<std::pair<std::string, TrialCurves>> curves;

  const TrialCurves* find(const std::string& coordinate) const;
};

/// Which curves of an entry are meant: x and y, empty when it has none.
struct Drawn {
  std::vector<double> x, y;
};

/// Gathers the curve that `pick` takes from each entry. Frames and their curves are in the order of
/// first appearance.
template <class Pick>
std::vector<Frame> frames_of(const Json& entries, const std::string& leading, Pick pick);

/// The numbers of a list, NaN for null.
std::vector<double> numbers_of(const Json& list);

/// The mean of the trials that have a number at x, and the error of the mean where there are two.
/// `complete`: points at which a trial has none are left out.
Series mean_of(const TrialCurves& curves, bool complete);

/// Trial by trial `of` over `reference`, as far as both have it.
TrialCurves ratio_of(const TrialCurves& of, const TrialCurves& reference);

Frame& frame_at(std::vector<Frame>& frames, const Json& place);
TrialCurves& curves_at(Frame& frame, const std::string& coordinate);

template <class Pick>
std::vector<Frame> frames_of(const Json& entries, const std::string& leading, Pick pick) {
  std::vector<Frame> out;
  for (const auto& entry : entries) {
    Drawn drawn = pick(entry);
    if (drawn.x.empty()) continue;
    Json place = entry.at("point");
    const auto trial = place.value("trial", "");
    const auto coordinate = place.value(leading, "");
    place.erase("trial");
    place.erase(leading);
    auto& curves = curves_at(frame_at(out, place), coordinate);
    if (drawn.x.size() > curves.x.size()) curves.x = std::move(drawn.x);
    curves.trials[trial] = std::move(drawn.y);
  }
  return out;
}

}  // namespace steppe::report
