// One point of the matrix: what is trained there, and on what it is scored.
#pragma once

#include "framework/pipeline/draft.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/resolve.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steppe::pipeline {

class PointPlanner {
 public:
  PointPlanner(const Outline& outline, const plugin::Catalogue& catalogue, const Scope& scope,
               Draft& draft, std::vector<Problem>& problems)
      : outline_{outline},
        resolver_{outline, catalogue, scope, problems},
        checker_{scope, problems},
        draft_{draft},
        problems_{problems} {}

  /// Adds the nodes and the rows of the point, as far as nothing is wrong with them.
  void plan(const std::vector<std::string>& coordinates, std::uint64_t trial);

 private:
  /// A training and where its data set is named.
  struct Training {
    TrainingNode node;
    DataNode data;
    Position data_named;
  };
  using Coordinates = std::vector<std::string>;

  std::optional<Training> training(const Heading& trainer, std::uint64_t trial);
  std::vector<Stage> attacks(const std::vector<Reference>& named, bool& good);
  std::optional<Stage> scored_attack(const std::vector<Reference>& named, bool& good);
  std::size_t keep(Training training);
  void evaluate(const Coordinates& coordinates,
                std::map<std::string, std::optional<Training>>& trainings);
  void sharpness(const Heading& heading, const Coordinates& coordinates,
                 const std::map<std::string, std::optional<Training>>& trainings);
  void distribution(const Entry& heading, const Coordinates& coordinates);
  /// Those that measure at a point; those that compare points are kept for the whole study.
  std::vector<Stage> metrics(const std::vector<Reference>& named, bool& good);
  /// A row for each data set of `on`, scored as `node` says.
  void score(ScoreNode node, const std::vector<Reference>& on, const Coordinates& coordinates);

  const Outline& outline_;
  Resolver resolver_;
  Checker checker_;
  Draft& draft_;
  std::vector<Problem>& problems_;
};

}  // namespace steppe::pipeline
