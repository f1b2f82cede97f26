// The data node: reader -> transforms -> a data set, chunk by chunk.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/plugin/host.hpp"

#include <memory>
#include <string>

namespace steppe::run {

struct Loading {
  data::Purpose purpose = data::Purpose::study;
  data::Keeping keeping = {};     ///< where the data set is to lie
  std::size_t chunk_rows = 1024;  ///< events that pass at once; the result does not depend on it
};

/// Reads and transforms: while the reader reads on, chunks pass through the transforms in parallel,
/// a bounded number at a time, and arrive in order. Where a transform surveys, one copy of all rows
/// is held back for it, in memory. Of several things that go wrong, what went wrong with the first
/// rows is told. @throws PluginError, DataError, Cancelled.
std::shared_ptr<const data::Dataset> load_dataset(const pipeline::DataNode& node,
                                                  const plugin::Surroundings& surroundings,
                                                  const Loading& how = {});

/// "; read 300 of 'a.h5', 200 of 'b.h5'": events taken from each file, for the progress line.
std::string files_in_short(const data::Dataset& data);

}  // namespace steppe::run
