// The training node: initial weights, fitted preprocessing, then a session.
#pragma once

#include "framework/data/splits.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/objective/trained.hpp"

#include <memory>

namespace steppe::run {

/// @throws PluginError, DataError, RunError, DeviceError, Cancelled. `surroundings.queue` is
/// replaced by the training's own.
TrainedNetwork train(const pipeline::TrainingNode& node, const data::Dataset& data,
                     const data::SplitFractions& splits,
                     const std::shared_ptr<compute::Device>& device,
                     plugin::Surroundings surroundings);

}  // namespace steppe::run
