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

  std::size_t rows() const { return rows_.size(); }
  std::span<const std::uint32_t> row_indices() const { return rows_; }
  std::span<const std::uint64_t> event_ids() const { return event_ids_; }
  compute::Tensor features() const { return features_.head(rows()); }
  compute::Tensor labels() const { return labels_.head(rows()); }
  compute::Tensor weights() const { return weights_.head(rows()); }

 private:
  const Dataset& data_;
  compute::Queue& queue_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint64_t> event_ids_;
  compute::Tensor features_, labels_, weights_;
};

}  // namespace steppe::data
