// What a pipeline file says about the landscape a sharpness measure walks on.
#pragma once

#include "framework/network/network.hpp"
#include "framework/plugin/settings.hpp"
#include "framework/run/objective/masks.hpp"

#include <steppe/abi.h>

#include <cstdint>
#include <vector>

namespace steppe::run {

/// Of which space, which events' means, and how the loss there is taken.
struct LandscapeOptions {
  /// From space, batch, pieces, label, batch_norm, chain, move and hold.
  explicit LandscapeOptions(const plugin::Settings& wiring);

  steppe_space space;
  std::size_t batch;
  bool in_batches;  ///< a piece of weight space is of one batch
  bool label_zero;
  bool chain;  ///< a piece of weight space starts where the one before was left
  network::Mode mode;
  MoveRules rules;

  /// Of `rows` those whose batch has the statistics that the mode needs: with those of the batch a
  /// last one of a single event is left out. @throws DataError when none is left.
  std::vector<std::uint32_t> usable(std::vector<std::uint32_t> rows) const;
};

}  // namespace steppe::run
