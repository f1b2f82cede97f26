// A metric of the whole study: everything that was measured -> numbers for its points.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"

#include <vector>

namespace steppe::pipeline {

/// What `metric` makes of the rows and the sharpness of `results`, which may be fewer than the plan
/// has. One entry a place it gave numbers to, in the order it named them; first those of the study
/// as a whole. @throws PluginError.
std::vector<MeasuredComparison> compare(const Stage& metric, const StudyResults& results,
                                        plugin::Surroundings surroundings);

}  // namespace steppe::pipeline
