// The distribution node: histograms of columns of loaded data sets.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/data/splits.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"
#include "framework/plugin/host.hpp"

#include <memory>
#include <string>
#include <vector>

namespace steppe::run {

struct NamedData {
  std::string name;
  std::shared_ptr<const data::Dataset> set;
};

/// One entry a column of the node. Events are told apart by class where all data sets have the same
/// classes; else all are taken together. Of a column in slots, the filled ones count. `sets` are
/// those of the node, in its order. @throws RunError when a split or a column of it is empty,
/// Cancelled.
std::vector<pipeline::MeasuredDistribution> measure_distribution(
    const pipeline::DistributionNode& node, const std::vector<NamedData>& sets,
    const data::SplitFractions& splits, const plugin::Surroundings& surroundings = {});

}  // namespace steppe::run
