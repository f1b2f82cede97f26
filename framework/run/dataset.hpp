// The data node: reader -> transforms -> a data set in memory, chunk by chunk.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"

#include <memory>

namespace steppe::run {

/// Reads and transforms; chunks pass through the transforms in parallel and arrive in order.
/// @throws PluginError, DataError, Cancelled.
std::shared_ptr<const data::Dataset> load_dataset(const pipeline::DataNode& node,
                                                  const plugin::Surroundings& surroundings,
                                                  data::Purpose purpose = data::Purpose::study);

}  // namespace steppe::run
