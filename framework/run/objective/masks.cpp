#include "framework/run/objective/masks.hpp"

#include "framework/compute/shards.hpp"

#include <algorithm>
#include <utility>

namespace steppe::run {

EventMask::EventMask(const MoveRules& rules, const data::Dataset& data) : data_{data} {
  Pattern made;
  for (const auto index : data.feature_columns()) {
    const auto& column = data.columns().items[index];
    made.columns.push_back(rules.allows(column.name, column.kind == ColumnKind::flag) ? 1.0F
                                                                                      : 0.0F);
  }
  const auto moving = std::count(made.columns.begin(), made.columns.end(), 1.0F);
  const auto slots = data.mask_of();
  auto& held = made.held;
  for (std::size_t c = 0; rules.hold_padding && c < slots.size(); ++c) {
    if (slots[c] < 0) continue;
    if (!held.empty() && held.back().slot == slots[c] && held.back().last == c)
      ++held.back().last;
    else
      held.push_back({slots[c], c, c + 1});
  }
  trivial_ = held.empty() && moving == static_cast<std::ptrdiff_t>(made.columns.size());
  pattern_ = std::make_shared<const Pattern>(std::move(made));
}

void EventMask::write(compute::Queue& queue, std::span<const std::uint32_t> rows,
                      const compute::Tensor& to) const {
  // The device may come to it when the batch has other rows, and the mask is gone.
  queue.write([&data = data_, pattern = pattern_, of = std::vector(rows.begin(), rows.end())](
                  const compute::View& view) { write(data, *pattern, of, view); },
              to);
}

void EventMask::write(const data::Dataset& data, const Pattern& pattern,
                      std::span<const std::uint32_t> rows, const compute::View& to) {
  const auto masks = data.masks();
  compute::for_each_shard(rows.size(), [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      float* out = to.row(r);
      std::copy(pattern.columns.begin(), pattern.columns.end(), out);
      for (const Held& held : pattern.held)
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
  auto mask = queue.flat(table);
  for (std::size_t i = 0; i < movable.size(); ++i)
    if (movable[i]) queue.fill(mask.segment(i), 1.0F);
  return mask;
}

}  // namespace steppe::run
