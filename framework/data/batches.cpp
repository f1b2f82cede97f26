#include "framework/data/batches.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <utility>

namespace steppe::data {

std::vector<std::uint32_t> shuffled(std::span<const std::uint32_t> rows, compute::RandomKey key) {
  std::vector<std::uint32_t> out{rows.begin(), rows.end()};
  Stream stream{key.key, key.stream};
  for (std::size_t left = out.size(); left > 1; --left)
    std::swap(out[left - 1], out[stream.index(static_cast<std::uint32_t>(left))]);
  return out;
}

Batch::Batch(const Dataset& data, compute::Queue& queue, std::size_t capacity)
    : data_{data},
      queue_{queue},
      event_weights_{data.weights()},
      features_{queue.matrix(capacity, data.features().columns)},
      labels_{queue.matrix(capacity, 1)},
      weights_{queue.matrix(capacity, 1)} {}

void Batch::load(std::span<const std::uint32_t> rows) {
  rows_.assign(rows.begin(), rows.end());
  event_ids_.clear();
  for (const auto row : rows) event_ids_.push_back(data_.event_ids()[row]);
  queue_.gather(data_.features(), rows_, features());
  queue_.gather(data_.labels(), rows_, labels());
  queue_.gather(event_weights_, rows_, weights());
  filled_is_current_ = false;
}

bool Batch::weightless() const {
  return std::ranges::all_of(rows_, [&](auto row) { return *event_weights_.row(row) == 0.0F; });
}

compute::Tensor Batch::filled() {
  if (!filled_) prepare_filled();
  const auto out = filled_.head(rows());
  if (std::exchange(filled_is_current_, true)) return out;
  if (!slots_) {
    queue_.fill(out, 1.0F);
    return out;
  }
  // One 1 a column of slot_of_: the product spreads the masks over the features, without rounding.
  queue_.gather(data_.masks(), rows_, slots_.head(rows()));
  queue_.matmul(slots_.head(rows()), slot_of_, out, compute::Transpose::none);
  queue_.add_row(slotless_, out);
  return out;
}

void Batch::prepare_filled() {
  const auto masks = data_.masks().columns, columns = features_.columns;
  filled_ = queue_.matrix(features_.rows, columns);
  if (masks == 0) return;
  slots_ = queue_.matrix(features_.rows, masks);
  slot_of_ = queue_.matrix(masks, columns);
  slotless_ = queue_.matrix(1, columns);
  const compute::Mapped in_slot{queue_, slot_of_}, in_none{queue_, slotless_};
  for (std::size_t c = 0; c < columns; ++c) {
    const int slot = data_.mask_of()[c];
    (slot < 0 ? in_none->row(0) : in_slot->row(static_cast<std::size_t>(slot)))[c] = 1.0F;
  }
}

}  // namespace steppe::data
