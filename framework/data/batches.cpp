#include "framework/data/batches.hpp"

#include <steppe/random.hpp>

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
      features_{queue.device().matrix(capacity, data.features().columns)},
      labels_{queue.device().matrix(capacity, 1)},
      weights_{queue.device().matrix(capacity, 1)} {}

void Batch::load(std::span<const std::uint32_t> rows) {
  rows_.assign(rows.begin(), rows.end());
  event_ids_.clear();
  for (const auto row : rows) event_ids_.push_back(data_.event_ids()[row]);
  queue_.gather(data_.features(), rows_, features());
  queue_.gather(data_.labels(), rows_, labels());
  queue_.gather(data_.weights(), rows_, weights());
}

}  // namespace steppe::data
