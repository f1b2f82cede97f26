// Keys of the nodes of a plan: all that shapes what a node gives, and nothing else. No path is part
// of one: data files count by name and content, plugins by the content of their library.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/store/contents.hpp"
#include "framework/store/key.hpp"

#include <string>
#include <vector>

namespace steppe::run {

/// One a node, in the order of the plan.
struct StudyKeys {
  std::vector<store::KeyMaker> data, trainings, scores, sharpness;
};

/// `build`: names the build of the libraries that compute. @throws StoreError when a data file or a
/// plugin cannot be read.
StudyKeys keys_of(const pipeline::Plan& plan, const std::string& build, store::Contents& contents);

}  // namespace steppe::run
