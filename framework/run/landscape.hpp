// The landscape around a trained network, as sharpness measures see it: private copies of the
// weights or of the events, and the loss there in inference mode.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/plugin/host.hpp"
#include "framework/plugin/settings.hpp"
#include "framework/run/batch_loss.hpp"

#include <steppe/abi.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace steppe::run {

class Landscape {
 public:
  virtual ~Landscape() = default;
  const steppe_landscape* table() const { return &table_; }

 protected:
  steppe_landscape table_{};
};

/// On the rows given, wired as `wiring` says (space, batch, label, move, hold). All but `rows`
/// outlive the landscape. @throws DataError.
std::unique_ptr<Landscape> make_landscape(const plugin::Settings& wiring,
                                          const network::Network& network, const WeightPoint& at,
                                          const data::Dataset& data,
                                          std::vector<std::uint32_t> rows, plugin::StageHost& host);

}  // namespace steppe::run
