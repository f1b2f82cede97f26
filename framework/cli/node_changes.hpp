// Why a node is to be done, in words that lead to the pipeline file.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/setting_place.hpp"
#include "framework/run/keep/study_state.hpp"

#include <optional>
#include <string>
#include <vector>

namespace steppe::cli {

/// A node of a study as `why` looks at it.
struct StudyNode {
  std::string name;   ///< as progress prints it
  std::string plan;   ///< as `plan` prints it, up to what it says of it
  std::string kind;   ///< "training"
  std::string owner;  ///< the heading that asks for it: "trainer.fit"
  const run::NodeState* state = nullptr;
};

/// All nodes that a store may have, in the order of the plan. Pointers are into `state`.
std::vector<StudyNode> nodes_of(const pipeline::Plan& plan, const run::StudyState& state);

struct NodeChange {
  run::FieldChange change;  ///< its field without the node that it came in by
  std::optional<pipeline::SettingPlace> place;
  std::string setting;  ///< "attack.fgsm.epsilon"; empty: no setting of the file
  std::string words;    ///< what it is, where the name does not say it
};

/// From the nearest thing made before to the node, each once; none where there is nothing.
std::vector<NodeChange> changes_of(const StudyNode& node, const pipeline::Document& document);

/// A table: field, now, was, where.
std::string changes_text(const std::vector<NodeChange>& changes);
Json changes_json(const std::vector<NodeChange>& changes);

}  // namespace steppe::cli
