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
    : data_{data}, queue_{queue}, event_weights_{data.weights()}, here_{place(capacity)} {}

Batch::Place Batch::place(std::size_t capacity) const {
  return {queue_.matrix(capacity, data_.features().columns), queue_.matrix(capacity, 1),
          queue_.matrix(capacity, 1)};
}

void Batch::gather(Gather how, std::span<const std::uint32_t> rows, const Place& to) {
  (queue_.*how)(data_.features(), rows, to.features.head(rows.size()));
  (queue_.*how)(data_.labels(), rows, to.labels.head(rows.size()));
  (queue_.*how)(event_weights_, rows, to.weights.head(rows.size()));
}

void Batch::load(std::span<const std::uint32_t> rows) {
  rows_.assign(rows.begin(), rows.end());
  event_ids_.clear();
  for (const auto row : rows) event_ids_.push_back(data_.event_ids()[row]);
  const auto sent = std::exchange(next_rows_, {});
  if (!sent.empty()) queue_.join();
  if (!sent.empty() && sent == rows_)
    std::swap(here_, next_);
  else
    gather(&compute::Queue::gather, rows_, here_);
  filled_is_current_ = false;
}

void Batch::load_ahead(std::span<const std::uint32_t> rows) {
  if (rows.empty() || !next_rows_.empty() || !queue_.device().is_far()) return;
  if (!next_.features) next_ = place(here_.features.rows);
  gather(&compute::Queue::gather_ahead, rows, next_);
  next_rows_.assign(rows.begin(), rows.end());
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
  const auto masks = data_.masks().columns, columns = here_.features.columns;
  filled_ = queue_.matrix(here_.features.rows, columns);
  if (masks == 0) return;
  slots_ = queue_.matrix(here_.features.rows, masks);
  slot_of_ = queue_.matrix(masks, columns);
  slotless_ = queue_.matrix(1, columns);
  const auto mark = [&data = data_](bool slotless) {
    return [&data, slotless](const compute::View& to) {
      for (std::size_t r = 0; r < to.rows; ++r) std::fill_n(to.row(r), to.columns, 0.0F);
      for (std::size_t c = 0; c < to.columns; ++c) {
        const int slot = data.mask_of()[c];
        if ((slot < 0) == slotless) to.row(slotless ? 0 : static_cast<std::size_t>(slot))[c] = 1.0F;
      }
    };
  };
  queue_.write(mark(false), slot_of_);
  queue_.write(mark(true), slotless_);
}

}  // namespace steppe::data
