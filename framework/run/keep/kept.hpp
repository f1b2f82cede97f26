// What nodes give, as objects of a store and back.
#pragma once

#include "framework/pipeline/results.hpp"
#include "framework/run/objective/trained.hpp"
#include "framework/run/weights/weights_file.hpp"
#include "framework/store/object.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steppe::run {

/// Kind "training": a weight file with its history.
store::Artifact to_artifact(const TrainedNetwork& trained, const Origin& origin);
/// @throws DataError, StoreError when the object does not fit, as all below.
TrainedNetwork trained_of(const store::Object& object,
                          std::shared_ptr<const network::Network> network,
                          const std::shared_ptr<compute::Device>& device);

/// Kind "score": coordinates and domains are the plan's.
store::Artifact to_artifact(const pipeline::MeasuredRow& row);
pipeline::MeasuredRow row_of(const store::Object& object);

/// Kind "sharpness": the stage's name and coordinates are the plan's.
store::Artifact to_artifact(const pipeline::MeasuredSharpness& measured);
pipeline::MeasuredSharpness sharpness_of(const store::Object& object);

/// Kind "distribution": all columns of a node, in its order; name, coordinates, split and names of
/// data sets are the plan's.
store::Artifact to_artifact(const std::vector<pipeline::MeasuredDistribution>& columns);
std::vector<pipeline::MeasuredDistribution> distributions_of(const store::Object& object);

/// Kind "data": what a data set is, without its events.
store::Artifact to_artifact(const pipeline::DataRecord& record);
pipeline::DataRecord record_of(const store::Object& object);

}  // namespace steppe::run
