// The training node: initial weights, fitted preprocessing, then a session.
#pragma once

#include "framework/data/splits.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/objective/trained.hpp"
#include "framework/run/train/checkpoint.hpp"
#include "framework/run/train/pace.hpp"

#include <memory>

namespace steppe::run {

/// @throws PluginError, DataError, RunError, DeviceError, Cancelled. `surroundings.queue` is
/// replaced by the training's own. `checkpoint`: where to go on from, and what to leave when it is
/// stopped; null: nowhere. `pace`: who holds its steps back; null: nobody. The bytes of the result
/// are the same with and without both.
TrainedNetwork train(const pipeline::TrainingNode& node, const data::Dataset& data,
                     const data::SplitFractions& splits,
                     const std::shared_ptr<compute::Device>& device,
                     plugin::Surroundings surroundings, Checkpoint* checkpoint = nullptr,
                     Pace* pace = nullptr);

}  // namespace steppe::run
