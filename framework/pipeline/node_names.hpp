// What the nodes of a plan are called: in progress, messages, records and the store.
#pragma once

#include "framework/pipeline/plan.hpp"

#include <string>
#include <utility>
#include <vector>

namespace steppe::pipeline {

/// Axis and value.
using Coordinates = std::vector<std::pair<std::string, std::string>>;

/// Of each training the coordinates of the first point that needs it, without the axis `test`.
std::vector<Coordinates> training_coordinates(const Plan& plan);

/// In the order of the plan: "data 'features.pythia'", "fit (train=pythia, attack=none, trial=0)",
/// "score fit (...) on 'features.herwig'", "hessian fit (...) on ...", "distribution shapes of
/// ...", "compare delta_s".
struct NodeNames {
  std::vector<std::string> data, trainings, scores, sharpness, distributions, comparisons;
};

NodeNames node_names(const Plan& plan);

}  // namespace steppe::pipeline
