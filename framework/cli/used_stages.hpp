// The stages a plan uses, with all their settings: those of the file and the defaults.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/pipeline/plan.hpp"

#include <vector>

namespace steppe::cli {

/// Each once, by kind in the order of the plan; with other settings at other points it is there
/// several times. The plan outlives them.
std::vector<const pipeline::Stage*> used_stages(const pipeline::Plan& plan);

/// One object a stage: kind, name of its heading, name of its plugin, settings, and what the host
/// reads itself ("wiring").
Json stages_json(const pipeline::Plan& plan);

}  // namespace steppe::cli
