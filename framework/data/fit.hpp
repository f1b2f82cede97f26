// What preprocessing layers learn from the training split before the first step.
#pragma once

#include "framework/data/dataset.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace steppe::data {

/// Per feature: mean, standard deviation, and 1 / deviation. A feature that does not vary has
/// deviation 0 and keeps factor 1, so that a shift of it is not blown up.
struct Standardisation {
  std::vector<float> mean, factor, deviation;
};

/// Over the given rows; sums in double, in the order of the rows. `filled_only`: of a feature with
/// a mask, over the rows in which its slot is filled; mean 0 and factor 1 where there are none.
Standardisation fit_standardisation(const Dataset& data, std::span<const std::uint32_t> rows,
                                    bool filled_only = false);

}  // namespace steppe::data
