// What nodes give, as objects of a store and back.
#pragma once

#include "framework/pipeline/results.hpp"
#include "framework/run/trained.hpp"
#include "framework/run/weights_file.hpp"
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

/// Numbers of a score or of a sharpness measure.
struct Numbers {
  std::vector<data::Quantity> quantities;
  std::vector<data::Curve> curves;
};

/// `kind`: "score", "sharpness".
store::Artifact to_artifact(const char* kind, const Numbers& numbers);
Numbers numbers_of(const store::Object& object);

/// Kind "data": what a data set is, without its events.
store::Artifact to_artifact(const pipeline::DataRecord& record);
pipeline::DataRecord record_of(const store::Object& object);

}  // namespace steppe::run
