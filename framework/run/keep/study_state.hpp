// What of a plan is in the store, and of the rest why it is not: what differs from the thing most
// like it that was made before.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/run/keep/changes.hpp"
#include "framework/run/keep/keys.hpp"
#include "framework/store/store.hpp"

#include <optional>
#include <string>
#include <vector>

namespace steppe::run {

/// The thing made before that is most like a node (nearest.hpp).
struct Nearest {
  store::Key key;
  std::string name;                  ///< of the node it was made for first
  std::vector<FieldChange> changes;  ///< from it to the node
};

struct NodeState {
  bool done = false;
  std::string why;  ///< it is to be done: "attack.fgsm.epsilon is 0.2 and was 0.1"
  store::Key key;
  bool begun = false;              ///< there is a checkpoint to go on from
  std::optional<Nearest> nearest;  ///< with Depth::changes; none when nothing of its kind was made
};

/// In the order of the plan.
struct StudyState {
  std::vector<NodeState> data, trainings, scores, sharpness, distributions;
};

/// How much of what differs is wanted: a reason in a word, or every field.
enum class Depth { reasons, changes };

/// @throws StoreError when a key cannot be made.
StudyState state_of(const pipeline::Plan& plan, const Computing& computing, store::Store& store,
                    Depth depth = Depth::reasons);

}  // namespace steppe::run
