// Splits by event id: the same hard event is in the same split of every simulation, so no test
// event leaks into a training through another generator.
#pragma once

#include "framework/data/dataset.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace steppe::data {

enum class Split { train, validation, test, all };

/// "train", "validation", "test" or "all".
Split split_named(std::string_view name);

/// Parts of 1.
struct SplitFractions {
  double train = 0.8, validation = 0.1, test = 0.1;
};

/// The part of all events that a split holds.
double fraction_of(Split split, const SplitFractions& fractions);

/// The split of an event: its id, hashed to [0, 1), falls into train, validation or test.
/// Independent of seeds, files and simulations.
Split split_of(std::uint64_t event_id, const SplitFractions& fractions);

/// Rows of a split, in the order of the data set.
std::vector<std::uint32_t> rows_of(const Dataset& data, Split split,
                                   const SplitFractions& fractions);

}  // namespace steppe::data
