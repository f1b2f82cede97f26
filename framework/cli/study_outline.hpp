// A plan as people and programs look at it before it runs: every node once, where it lies in the
// matrix, and how many need it.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/run/keep/study_state.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace steppe::cli {

/// Axis and the values at which a node is needed, in matrix order: {"attack", {"none", "pgd"}}.
using Place = std::vector<std::pair<std::string, std::vector<std::string>>>;

/// "train=pythia, trial=0|1"
std::string to_text(const Place& place);

/// What `Plan` leaves to be counted. Vectors are as long as those of the plan.
struct StudyOutline {
  std::size_t points = 0;  ///< of the matrix, those at which something is measured
  std::vector<Place> trainings;
  std::vector<std::size_t> points_of_training;
  std::vector<std::size_t> users_of_data;  ///< nodes of any other kind

  /// Trainings that are saved because a point needs one that another point needs too.
  std::size_t shared() const;
};

/// Headings of stages.
std::vector<std::string> stage_names(const std::vector<pipeline::Stage>& stages);

/// Names of the data sets a distribution shows.
std::vector<std::string> data_names(const pipeline::Plan& plan,
                                    const pipeline::DistributionNode& node);

StudyOutline outline_of(const pipeline::Plan& plan);

/// For people, a line a node. `state`: what of it is done.
std::string plan_text(const pipeline::Plan& plan, const run::StudyState* state = nullptr);
Json plan_json(const pipeline::Plan& plan, const run::StudyState* state = nullptr);
/// Graphviz DOT: data -> trainings -> scores and sharpness measures -> metrics of the whole study;
/// data -> distributions.
std::string plan_dot(const pipeline::Plan& plan);

/// A text between the quotes of DOT.
std::string dot_quoted(const std::string& text);

}  // namespace steppe::cli
