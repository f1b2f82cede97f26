#include "framework/run/objective/masks.hpp"

#include "framework/compute/shards.hpp"

#include <algorithm>

namespace steppe::run {

EventMask::EventMask(const MoveRules& rules, const data::Dataset& data) : data_{data} {
  for (const auto index : data.feature_columns()) {
    const auto& column = data.columns().items[index];
    columns_.push_back(rules.allows(column.name, column.kind == ColumnKind::flag) ? 1.0F : 0.0F);
  }
  const auto moving = std::count(columns_.begin(), columns_.end(), 1.0F);
  const auto slots = data.mask_of();
  for (std::size_t c = 0; rules.hold_padding && c < slots.size(); ++c) {
    if (slots[c] < 0) continue;
    if (!held_.empty() && held_.back().slot == slots[c] && held_.back().last == c)
      ++held_.back().last;
    else
      held_.push_back({slots[c], c, c + 1});
  }
  trivial_ = held_.empty() && moving == static_cast<std::ptrdiff_t>(columns_.size());
}

void EventMask::write(compute::Queue& queue, std::span<const std::uint32_t> rows,
                      const compute::Tensor& to) const {
  // Of rows of their own: the device may come to it when the batch has others.
  queue.write([this, of = std::vector(rows.begin(), rows.end())](
                  const compute::View& view) { write(of, view); },
              to);
}

void EventMask::write(std::span<const std::uint32_t> rows, const compute::View& to) const {
  const auto masks = data_.masks();
  compute::for_each_shard(rows.size(), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      float* out = to.row(r);
      std::copy(columns_.begin(), columns_.end(), out);
      for (const Held& held : held_)
        if (const float filled = masks.row(rows[r])[held.slot]; filled != 1.0F)
          for (std::size_t c = held.first; c < held.last; ++c) out[c] *= filled;
    }
  });
}

std::vector<bool> movable_segments(const MoveRules& rules, const compute::SegmentTable& table) {
  std::vector<bool> out;
  for (const auto& segment : table.segments()) out.push_back(rules.allows(segment.name, false));
  return out;
}

compute::Tensor weight_mask(const MoveRules& rules, compute::Queue& queue,
                            const std::shared_ptr<const compute::SegmentTable>& table) {
  const auto movable = movable_segments(rules, *table);
  if (std::find(movable.begin(), movable.end(), false) == movable.end()) return {};
  auto mask = queue.device().flat(table);
  for (std::size_t i = 0; i < movable.size(); ++i)
    if (movable[i]) queue.fill(mask.segment(i), 1.0F);
  return mask;
}

}  // namespace steppe::run
