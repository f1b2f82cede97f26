// A plan in the making: its nodes, each there once, with the places in the file that messages about
// them point to.
#pragma once

#include "framework/pipeline/document.hpp"
#include "framework/pipeline/plan.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace steppe::pipeline {

/// What messages about a distribution point to.
struct DistributionPlaces {
  std::vector<Position> of, columns;             ///< each item
  std::vector<std::string> patterns;             ///< each item of `columns`
  std::vector<std::vector<std::string>> points;  ///< coordinates, all axes but `test`
};

class Draft {
 public:
  Plan plan;
  std::map<std::string, Stage> stages;       ///< every stage without a fault, used or not, by key
  std::vector<Position> trained_on;          ///< of each training: where its data set is named
  std::vector<Position> scored_on;           ///< of each score: where its data set is named
  std::vector<Position> measured_on;         ///< of each sharpness: where its data set is named
  std::vector<DistributionPlaces> shown_at;  ///< of each distribution

  /// Each gives the index of the node; one with the same key is not added again.
  std::size_t add(DataNode node);
  std::size_t add(TrainingNode node, const Position& data_named);
  std::size_t add(ScoreNode node, const Position& data_named);
  std::size_t add(SharpnessNode node, const Position& data_named);
  std::size_t add(DistributionNode node, DistributionPlaces places);

  /// A metric over the whole study. @returns false when there is one of this name with other
  /// settings.
  bool add_comparison(const Stage& metric);

  bool uses(std::string_view kind, const std::string& name) const;
  void use(const Stage& stage);

 private:
  std::map<std::string, std::size_t> data_, trainings_, scores_, sharpness_, distributions_;
  std::set<std::pair<std::string, std::string>> used_;  ///< kind and name
};

}  // namespace steppe::pipeline
