// The sharpness node: a measure plugin on the landscape around a trained network.
#pragma once

#include "framework/data/splits.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/objective/trained.hpp"

namespace steppe::run {

/// The numbers of one measure; its coordinates are left to the caller. The network's weights and
/// statistics stay as they are, bit for bit: the measure gets copies. @throws DataError,
/// PluginError, RunError.
pipeline::MeasuredSharpness measure_sharpness(const pipeline::SharpnessNode& node,
                                              const TrainedNetwork& trained,
                                              const data::Dataset& data,
                                              const data::SplitFractions& splits,
                                              plugin::Surroundings surroundings);

}  // namespace steppe::run
