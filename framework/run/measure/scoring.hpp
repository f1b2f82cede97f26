// The scoring node: a trained network applied to a split of a data set, and the metrics on it.
#pragma once

#include "framework/data/splits.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/objective/trained.hpp"

#include <string>
#include <vector>

namespace steppe::run {

struct Scored {
  pipeline::MeasuredRow row;          ///< its coordinates and domains are left to the caller
  std::vector<std::string> failures;  ///< of metrics that could not measure: a sentence each
};

/// The numbers of one row. `trained_on`: to refuse the scoring of events the network was trained
/// on, unless the split asks for just these. @throws DataError, RunError, PluginError (of the
/// attack).
Scored score(const pipeline::ScoreNode& node, const TrainedNetwork& trained,
             const data::Dataset& trained_on, const data::Dataset& data,
             const data::SplitFractions& splits, plugin::Surroundings surroundings);

}  // namespace steppe::run
