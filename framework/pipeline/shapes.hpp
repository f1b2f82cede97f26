// Columns through every chain of data, the network on them, and whether what is evaluated fits
// what was trained. Plugins are asked; readers may open files.
#pragma once

#include "framework/pipeline/draft.hpp"
#include "framework/pipeline/outline.hpp"

#include <vector>

namespace steppe::pipeline {

/// Fills columns and graphs, as far as stages agree; says what does not fit. `layers`: operations
/// of models that plugins bring.
void check_shapes(const Outline& outline, Draft& draft, const network::OperationList& layers,
                  std::vector<Problem>& problems);

}  // namespace steppe::pipeline
