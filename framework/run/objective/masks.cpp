#include "framework/run/objective/masks.hpp"

#include <algorithm>

namespace steppe::run {

EventMask::EventMask(const MoveRules& rules, const data::Dataset& data) : data_{data} {
  for (const auto index : data.feature_columns()) {
    const auto& column = data.columns().items[index];
    columns_.push_back(rules.allows(column.name, column.kind == ColumnKind::flag) ? 1.0F : 0.0F);
  }
  const auto moving = std::count(columns_.begin(), columns_.end(), 1.0F);
  const auto slots = data.mask_of();
  padding_ = rules.hold_padding &&
             std::any_of(slots.begin(), slots.end(), [](int mask) { return mask >= 0; });
  trivial_ = !padding_ && moving == static_cast<std::ptrdiff_t>(columns_.size());
}

void EventMask::write(compute::Queue& queue, std::span<const std::uint32_t> rows,
                      const compute::Tensor& to) const {
  const compute::Mapped view{queue, to};
  const auto masks = data_.masks();
  const auto slots = data_.mask_of();
  for (std::size_t r = 0; r < rows.size(); ++r) {
    float* out = view->row(r);
    std::copy(columns_.begin(), columns_.end(), out);
    if (!padding_) continue;
    const float* filled = masks.row(rows[r]);
    for (std::size_t c = 0; c < columns_.size(); ++c)
      if (slots[c] >= 0) out[c] *= filled[slots[c]];
  }
}

compute::Tensor weight_mask(const MoveRules& rules, compute::Queue& queue,
                            const std::shared_ptr<const compute::SegmentTable>& table) {
  std::vector<std::string> names;
  for (const auto& segment : table->segments()) names.push_back(segment.name);
  const auto allowed = [&](const std::string& name) { return rules.allows(name, false); };
  if (std::all_of(names.begin(), names.end(), allowed)) return {};
  auto mask = queue.device().flat(table);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (allowed(names[i])) queue.fill(mask.segment(i), 1.0F);
  return mask;
}

}  // namespace steppe::run
