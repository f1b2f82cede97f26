// What the tables that belong to the host may say, described like the settings of a plugin.
#pragma once

#include "framework/plugin/settings.hpp"

#include <vector>

namespace steppe::pipeline {

/// [pipeline], without its table `splits`.
std::vector<plugin::Parameter> pipeline_parameters();
/// [pipeline.splits]
std::vector<plugin::Parameter> split_parameters();
/// [evaluate]
std::vector<plugin::Parameter> evaluate_parameters();
/// [distribution.<name>]
std::vector<plugin::Parameter> distribution_parameters();
/// [[require]]
std::vector<plugin::Parameter> require_parameters();
/// What every stage may say beside its settings and wiring: `use`.
std::vector<plugin::Parameter> stage_parameters();

}  // namespace steppe::pipeline
