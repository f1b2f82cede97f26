#include "framework/run/masks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::run {

namespace {

bool any_matches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return matches(pattern, name); });
}

/// Refuses patterns that cover none of the names: most likely a misspelling.
template <class Names>
void refuse_idle(const MoveRules& rules, const Names& names, std::string_view what) {
  for (const auto* list : {&rules.move, &rules.hold})
    for (const auto& pattern : *list)
      if (std::none_of(names.begin(), names.end(),
                       [&](const std::string& name) { return matches(pattern, name); }))
        throw data::DataError{
            fmt::format("'{}' covers no {}; the first is '{}'", pattern, what, names.front())};
}

}  // namespace

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  const auto rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at)
    if (matches(rest, name.substr(at))) return true;
  return false;
}

MoveRules::MoveRules(const plugin::Settings& wiring) : move{wiring.texts("move")} {
  for (auto& word : wiring.texts("hold")) {
    if (word == "padding")
      hold_padding = true;
    else if (word == "flags")
      hold_flags = true;
    else
      hold.push_back(std::move(word));
  }
}

bool MoveRules::allows(std::string_view name, bool is_flag) const {
  return any_matches(move, name) && !any_matches(hold, name) && !(hold_flags && is_flag);
}

EventMask::EventMask(const MoveRules& rules, const data::Dataset& data) : data_{data} {
  std::vector<std::string> names;
  for (const auto index : data.feature_columns()) {
    const auto& column = data.columns().items[index];
    names.push_back(column.name);
    columns_.push_back(rules.allows(column.name, column.kind == ColumnKind::flag) ? 1.0F : 0.0F);
  }
  refuse_idle(rules, names, "feature column");
  const auto moving = std::count(columns_.begin(), columns_.end(), 1.0F);
  if (moving == 0) throw data::DataError{"no column is left that may move"};
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
  refuse_idle(rules, names, "tensor of weights");
  const auto allowed = [&](const std::string& name) { return rules.allows(name, false); };
  if (std::all_of(names.begin(), names.end(), allowed)) return {};
  if (std::none_of(names.begin(), names.end(), allowed))
    throw data::DataError{"no tensor of weights is left that may move"};
  auto mask = queue.device().flat(table);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (allowed(names[i])) queue.fill(mask.segment(i), 1.0F);
  return mask;
}

}  // namespace steppe::run
