// What two results.json do not have in common, number by number.
#pragma once

#include "framework/report/trials.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace steppe::report {

/// One quantity at one point of two runs that is not the same in both.
struct ValueDifference {
  std::string stage;  ///< a sharpness measure, or a metric of the study; "" of metrics at points
  nlohmann::ordered_json point;  ///< axes and coordinates, without `trial`
  std::string name;
  TrialMean first, second;  ///< without trials: it has no number there
  TrialMean difference;     ///< second minus first; without trials: there is none
  bool paired = false;      ///< trial by trial
  double p_value = 0;       ///< by Student's t, of unpaired ones as Welch has it; NaN: one trial
  double sigmas = 0;        ///< how far from zero; NaN: nobody knows
};

/// From when on a difference is marked.
inline constexpr double marked_sigmas = 2;

struct ResultsDifference {
  std::size_t same_values = 0;
  std::vector<ValueDifference> values;
  std::vector<std::string> only_first, only_second;  ///< points, as texts
  std::vector<std::string> others;  ///< what else is not the same: "histories of trainings"

  /// The same numbers at the same points, and nothing else.
  bool same() const;
};

/// Of two results.json; names of the pipelines do not count. Trials are paired where both runs have
/// the same seed and, at the point, the same trials, and at least two. @throws
/// nlohmann::json::exception when one is no results.json.
ResultsDifference results_difference(const nlohmann::ordered_json& first,
                                     const nlohmann::ordered_json& second);

}  // namespace steppe::report
