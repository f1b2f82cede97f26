// What of a plan is in the store, and of the rest why it is not: what differs from the thing most
// like it that was made before.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/run/keep/keys.hpp"
#include "framework/store/store.hpp"

#include <string>
#include <vector>

namespace steppe::run {

struct NodeState {
  bool done = false;
  std::string why;  ///< it is to be done: "attack.fgsm.epsilon is 0.2 and was 0.1"
};

/// In the order of the plan.
struct StudyState {
  std::vector<NodeState> trainings, scores, sharpness, distributions;
};

/// @throws StoreError when a key cannot be made.
StudyState state_of(const pipeline::Plan& plan, const Computing& computing, store::Store& store);

}  // namespace steppe::run
