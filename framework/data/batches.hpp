// The order of events in an epoch, and batches on a device.
#pragma once

#include "framework/compute/device.hpp"
#include "framework/data/dataset.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace steppe::data {

/// `rows` in the order of an epoch: a Fisher-Yates shuffle of one Philox stream.
std::vector<std::uint32_t> shuffled(std::span<const std::uint32_t> rows, compute::RandomKey key);

/// One batch on a device: features, labels, event weights and ids of some rows.
class Batch {
 public:
  /// Room for `capacity` rows of `data`. `data` outlives the batch.
  Batch(const Dataset& data, compute::Queue& queue, std::size_t capacity);

  /// Gathers rows; @pre rows.size() <= capacity.
  void load(std::span<const std::uint32_t> rows);
  /// Sends the rows of the next `load` while the device works on those that are there. What is
  /// loaded next is the same with and without. Does nothing where memory is the host's own.
  void load_ahead(std::span<const std::uint32_t> rows);

  std::size_t rows() const { return rows_.size(); }
  std::span<const std::uint32_t> row_indices() const { return rows_; }
  std::span<const std::uint64_t> event_ids() const { return event_ids_; }
  compute::Tensor features() const { return here_.features.head(rows()); }
  compute::Tensor labels() const { return here_.labels.head(rows()); }
  compute::Tensor weights() const { return here_.weights.head(rows()); }
  /// Whether all its events have weight 0.
  bool weightless() const;
  /// Like the features: 0 in the empty slots of an event, 1 elsewhere. Costs nothing unless asked.
  compute::Tensor filled();

  /// From the next `load` on, event weights are these, one a row of the data; they outlive the
  /// batch.
  void weigh_by(std::span<const float> weights) {
    event_weights_ = {weights.data(), weights.size(), 1, 1};
  }

 private:
  /// Room for a batch.
  struct Place {
    compute::Tensor features, labels, weights;
  };
  Place place(std::size_t capacity) const;
  using Gather = void (compute::Queue::*)(compute::HostMatrix, std::span<const std::uint32_t>,
                                          const compute::Tensor&);
  void gather(Gather how, std::span<const std::uint32_t> rows, const Place& to);
  void prepare_filled();

  const Dataset& data_;
  compute::Queue& queue_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint64_t> event_ids_;
  compute::HostMatrix event_weights_;
  Place here_, next_;                     ///< the second where batches are sent ahead
  std::vector<std::uint32_t> next_rows_;  ///< of what was sent ahead; empty: nothing was
  // Only where slots are asked for.
  compute::Tensor filled_;    ///< rows x features
  compute::Tensor slots_;     ///< rows x masks
  compute::Tensor slot_of_;   ///< masks x features: 1 where the feature is in the slot
  compute::Tensor slotless_;  ///< one row: 1 where a feature has no slot
  bool filled_is_current_ = false;
};

}  // namespace steppe::data
