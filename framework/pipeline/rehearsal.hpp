// A rehearsal: the metrics of a plan, each on a few made-up scores and the study they would make.
// What a metric gives depends on its settings, so it is not declared but tried; what it refuses
// here it would refuse after all training.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/plan.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// Values that a study will give, as far as their names can be known beforehand.
struct ValueNames {
  std::vector<std::string> points;  ///< of metrics at points
  bool all_points = false;          ///< no metric has kept its names to itself
  /// Of metrics of the whole study and of sharpness measures, by heading. Those whose names are
  /// not known are not there.
  std::map<std::string, std::vector<std::string>, std::less<>> stages;

  /// Whether a stage is known to give a value.
  bool says(std::string_view stage, std::string_view name) const;
  bool has_point(std::string_view name) const;
  /// False where a stage is known to give other values only. A series goes on: after `dominant_2`
  /// there is `dominant_3`.
  bool may_have(std::string_view stage, std::string_view name) const;
  /// As gates write them: "auc", "uphill.rise".
  std::vector<std::string> all() const;
};

/// Fills `ScoreNode::again`. What a sharpness measure gives is read in its text: the names in
/// `backticks` of the paragraph that begins with "Gives `". Problems: a metric that needs attacked
/// events and has none, and, as a note, one of the whole study that will have no number.
/// @pre the plan has no errors.
ValueNames rehearse(Plan& plan, std::vector<Problem>& problems);

}  // namespace steppe::pipeline
