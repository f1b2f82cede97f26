// The landscape around a trained network, as sharpness measures see it: private copies of the
// weights or of the events, and the loss there.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/plugin/host.hpp"
#include "framework/run/measure/landscape_options.hpp"
#include "framework/run/objective/batch_loss.hpp"

#include <steppe/abi.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace steppe::run {

class Landscape {
 public:
  virtual ~Landscape() = default;
  const steppe_landscape* table() const { return &table_; }
  /// The weights as the measure has left them; of the landscape itself in the space of inputs.
  virtual const compute::Tensor& weights() const = 0;

 protected:
  steppe_landscape table_{};
};

/// On the rows given. All but `rows` and `options` outlive the landscape; what a measure moves is a
/// copy. With statistics of the batch a last batch of one event is left out. @throws DataError.
std::unique_ptr<Landscape> make_landscape(const LandscapeOptions& options,
                                          const network::Network& network, const WeightPoint& at,
                                          const data::Dataset& data,
                                          std::vector<std::uint32_t> rows, plugin::StageHost& host);

}  // namespace steppe::run
