// The data node: reader -> transforms -> a data set in memory, chunk by chunk.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"

#include <memory>
#include <string>

namespace steppe::run {

/// Reads and transforms; chunks pass through the transforms in parallel and arrive in order. Where
/// a transform surveys, one copy of all rows is held back for it. The result does not depend on
/// `chunk_rows`, the number of events that pass at once.
/// @throws PluginError, DataError, Cancelled.
std::shared_ptr<const data::Dataset> load_dataset(const pipeline::DataNode& node,
                                                  const plugin::Surroundings& surroundings,
                                                  data::Purpose purpose = data::Purpose::study,
                                                  std::size_t chunk_rows = 1024);

/// "; read 300 of 'a.h5', 200 of 'b.h5'": events taken from each file, for the progress line.
std::string files_in_short(const data::Dataset& data);

}  // namespace steppe::run
