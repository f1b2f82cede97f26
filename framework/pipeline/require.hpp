// [[require]]: gates (gate.hpp) with their words looked up in the plan. A value is that of a
// metric,
//
//   auc(train='pythia', test='herwig') > 0.85
//
// of a metric of the whole study, or of a sharpness measure, by the name of its heading:
//
//   delta_s(attack='pgd') > 0 @ 2 sigma
//   hessian_weights.eigenvalue(train='pythia', attack='sam') < 0.3
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/rehearsal.hpp"
#include "framework/pipeline/substitute.hpp"

#include <vector>

namespace steppe::pipeline {

/// Parses every gate and looks its stage, axes and coordinates up in the plan, and its value in
/// `names`. With `rows_known` false (something else is wrong) only the names of axes are looked up.
std::vector<Requirement> read_requirements(const Outline& outline, const Scope& values,
                                           const Plan& plan, const ValueNames& names,
                                           bool rows_known, std::vector<Problem>& problems);

}  // namespace steppe::pipeline
