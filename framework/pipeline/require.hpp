// [[require]]: gates in a small language of their own,
//
//   value(axis='coordinate', axis='coordinate') > number
//
// with > >= < <= or ==. The brackets may be left out; coordinates that are plain words or numbers
// need no quotes.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/substitute.hpp"

#include <vector>

namespace steppe::pipeline {

/// Parses every gate and looks its axes and coordinates up in the plan's rows. With
/// `rows_known` false (something else is wrong) coordinates are not looked up.
std::vector<Requirement> read_requirements(const Outline& outline, const Scope& values,
                                           const Plan& plan, bool rows_known,
                                           std::vector<Problem>& problems);

}  // namespace steppe::pipeline
