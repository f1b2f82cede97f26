// Columns of distributions, once those of the data sets are known.
#pragma once

#include "framework/pipeline/draft.hpp"

#include <vector>

namespace steppe::pipeline {

/// Looks up what the patterns of every distribution cover, notes in the data sets which side
/// columns to keep, and says what does not fit. `known`: of each data set, whether its columns are.
void check_distributions(Draft& draft, const std::vector<bool>& known,
                         std::vector<Problem>& problems);

}  // namespace steppe::pipeline
