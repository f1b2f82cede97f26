// Keys of the nodes of a plan: all that shapes what a node gives, and nothing else. No path is part
// of one: data files count by name and content, plugins by the content of their library.
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/store/contents.hpp"
#include "framework/store/key.hpp"

#include <string>
#include <vector>

namespace steppe::run {

/// What computes beside the stages of a plan.
struct Computing {
  std::string build;                             ///< names the build of the libraries that compute
  std::vector<const plugin::StageInfo*> layers;  ///< those there are, in a network or not
};

/// One a node, in the order of the plan.
struct StudyKeys {
  std::vector<store::KeyMaker> data, trainings, scores, sharpness, distributions;
};

/// @throws StoreError when a data file or a plugin cannot be read.
StudyKeys keys_of(const pipeline::Plan& plan, const Computing& computing,
                  store::Contents& contents);

}  // namespace steppe::run
