// Gates: does a [[require]] hold on the results?
#pragma once

#include "framework/pipeline/plan.hpp"
#include "framework/pipeline/results.hpp"

#include <string>

namespace steppe::report {

struct Verdict {
  bool holds = false;
  std::string reason;  ///< why not; empty when it holds
};

/// Everything that the selectors pick has to satisfy the comparison, in the mean over its trials;
/// with
/// `@ n sigma` also when the mean is moved by as many errors towards the bound (`errors_for`). A
/// gate that picks nothing, or a value that is undefined, does not hold.
Verdict judge(const pipeline::Requirement& requirement, const pipeline::StudyResults& results);

}  // namespace steppe::report
