// What the headings and names of a file mean at one point of its matrix: stages with all their
// settings, and data sets as chains of a reader and transforms.
#pragma once

#include "framework/pipeline/check.hpp"
#include "framework/pipeline/document.hpp"
#include "framework/pipeline/outline.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/substitute.hpp"
#include "framework/plugin/catalogue.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// A stage and whether nothing is wrong with it. What is wrong has been said.
struct CheckedStage {
  Stage stage;
  bool good = true;
};

class Resolver {
 public:
  /// Checks every heading.
  Resolver(const Outline& outline, const plugin::Catalogue& catalogue, const Scope& scope,
           std::vector<Problem>& problems);

  /// @pre a heading of the outline.
  const CheckedStage& at(const Heading& heading) const;
  /// The heading a reference names, or a plugin that needs no heading. Nothing when there is none,
  /// or when something is wrong with it: that has been said.
  std::optional<Stage> stage(std::string_view kind, const Reference& reference);
  /// The data set a reference names: a reader, `transform.branch`, or a transform with one input.
  std::optional<DataNode> data(const Reference& reference);
  /// Checks what transforms and the settings of plugins refer to, used or not.
  void check_references();

 private:
  struct DataSet {
    DataNode node;
    bool good = true;
  };
  /// Data sets of one transform, one an input; `known` when all inputs are.
  struct Branches {
    std::vector<DataSet> sets;
    bool known = true;
  };

  CheckedStage check(const Heading& heading);
  bool check_space(const Owner& owner, const Stage& attack);
  std::optional<DataSet> find_data(const Reference& reference);
  std::optional<DataSet> find_branch(const Heading& transform, std::string_view branch,
                                     const Reference& reference);
  const Branches& branches(const Heading& transform);
  std::vector<std::string> data_names() const;
  void say(const Position& position, std::string sentence);

  const Outline& outline_;
  const plugin::Catalogue& catalogue_;
  Checker checker_;
  std::vector<Problem>& problems_;
  std::vector<CheckedStage> stages_;  ///< as many as headings, in their order
  std::map<std::string, Branches> branches_;
  std::vector<std::string> trail_;  ///< transforms being resolved, outermost first
};

/// How messages call a heading, and where.
Owner owner_of(const Heading& heading);

}  // namespace steppe::pipeline
