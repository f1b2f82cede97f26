#include "framework/run/measure/kept_batches.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace steppe::run {

std::size_t places_for(std::size_t count, std::size_t floats, std::size_t most_floats) {
  return std::clamp<std::size_t>(most_floats / std::max<std::size_t>(floats, 1), 1,
                                 std::max<std::size_t>(count, 1));
}

bool Places::take(std::size_t number) { return std::exchange(held_[of(number)], number) == number; }

void Places::clear() { std::ranges::fill(held_, nothing); }

KeptBatches::KeptBatches(const data::Dataset& data, compute::Queue& queue,
                         std::vector<std::uint32_t> rows, std::size_t batch_rows,
                         std::size_t most_floats)
    : data_{data},
      queue_{queue},
      rows_{std::move(rows)},
      batch_rows_{std::max<std::size_t>(std::min(batch_rows, rows_.size()), 1)},
      places_{places_for(count(), batch_rows_ * data.features().columns, most_floats)},
      batches_(places_.size()) {}

std::span<const std::uint32_t> KeptBatches::rows(std::size_t index) const {
  return rows(index, index + 1);
}

std::span<const std::uint32_t> KeptBatches::rows(std::size_t first, std::size_t last) const {
  const auto begin = first * batch_rows_, end = std::min(last * batch_rows_, rows_.size());
  return std::span{rows_}.subspan(begin, end - begin);
}

data::Batch& KeptBatches::operator[](std::size_t index) {
  auto& batch = batches_[places_.of(index)];
  if (!batch) batch = std::make_unique<data::Batch>(data_, queue_, batch_rows_);
  if (!places_.take(index)) batch->load(rows(index));
  return *batch;
}

bool Standing::at(const compute::Tensor& point) const {
  if (!stands_ || point.rows != place_.rows || point.columns != place_.columns) return false;
  const compute::Mapped is{queue_, point}, was{queue_, place_};
  for (std::size_t r = 0; r < point.rows; ++r)
    if (std::memcmp(is->row(r), was->row(r), point.columns * sizeof(float)) != 0) return false;
  return true;
}

void Standing::come_to(const compute::Tensor& point) {
  if (!place_all_ || place_all_.rows < point.rows)
    place_all_ =
        point.segments ? queue_.flat(point.segments) : queue_.matrix(point.rows, point.columns);
  place_ = place_all_.head(point.rows);
  queue_.copy(point, place_);
  stands_ = true;
}

}  // namespace steppe::run
