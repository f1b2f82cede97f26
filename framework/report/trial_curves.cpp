#include "framework/report/trial_curves.hpp"

#include <algorithm>
#include <cmath>

namespace steppe::report {

const TrialCurves* Frame::find(const std::string& coordinate) const {
  const auto found = std::find_if(curves.begin(), curves.end(),
                                  [&](const auto& one) { return one.first == coordinate; });
  return found == curves.end() ? nullptr : &found->second;
}

std::vector<double> numbers_of(const Json& list) {
  std::vector<double> out;
  for (const auto& value : list) out.push_back(value.is_number() ? value.get<double>() : NAN);
  return out;
}

Frame& frame_at(std::vector<Frame>& frames, const Json& place) {
  const auto found = std::find_if(frames.begin(), frames.end(),
                                  [&](const Frame& frame) { return frame.place == place; });
  return found == frames.end() ? frames.emplace_back(Frame{place, {}}) : *found;
}

TrialCurves& curves_at(Frame& frame, const std::string& coordinate) {
  const auto found = std::find_if(frame.curves.begin(), frame.curves.end(),
                                  [&](const auto& one) { return one.first == coordinate; });
  return found == frame.curves.end() ? frame.curves.emplace_back(coordinate, TrialCurves{}).second
                                     : found->second;
}

Series mean_of(const TrialCurves& curves, bool complete) {
  Series out;
  for (std::size_t i = 0; i < curves.x.size(); ++i) {
    std::vector<double> values;
    for (const auto& [trial, y] : curves.trials)
      if (i < y.size() && std::isfinite(y[i])) values.push_back(y[i]);
    if (values.empty() || (complete && values.size() < curves.trials.size())) continue;
    const auto n = static_cast<double>(values.size());
    double mean = 0;
    for (const double value : values) mean += value / n;
    double squares = 0;
    for (const double value : values) squares += (value - mean) * (value - mean);
    const double error = n > 1 ? std::sqrt(squares / (n - 1) / n) : NAN;
    out.x.push_back(curves.x[i]);
    out.y.push_back(mean);
    out.low.push_back(mean - error);
    out.high.push_back(mean + error);
  }
  return out;
}

TrialCurves ratio_of(const TrialCurves& of, const TrialCurves& reference) {
  TrialCurves out;
  out.x = of.x.size() < reference.x.size() ? of.x : reference.x;
  for (const auto& [trial, y] : of.trials) {
    const auto other = reference.trials.find(trial);
    if (other == reference.trials.end()) continue;
    auto& ratio = out.trials[trial];
    for (std::size_t i = 0; i < std::min(y.size(), other->second.size()); ++i)
      ratio.push_back(y[i] / other->second[i]);
  }
  return out;
}

}  // namespace steppe::report
