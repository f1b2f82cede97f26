#include "framework/run/events/finite_rows.hpp"

#include "framework/data/finite.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace steppe::run {

FiniteRows::FiniteRows(const pipeline::DataNode& node, const Columns& columns)
    : reader_{node.reader.name},
      policy_{node.reader.wiring.text("nan") == "drop"     ? Policy::drop
              : node.reader.wiring.text("nan") == "impute" ? Policy::impute
                                                           : Policy::refuse},
      replacement_{static_cast<float>(node.reader.wiring.real("impute_value"))} {
  for (const auto& column : columns.items) {
    const bool side = column.role == Role::side;
    const bool read =
        !side || !node.transforms.empty() || std::ranges::count(node.kept, column.name) > 0;
    columns_.push_back({column.name, read, side || column.role == Role::feature});
  }
}

void FiniteRows::mend(Chunk& chunk, std::size_t first) {
  const auto whole = first * chunk.columns;
  if (!refused_ && data::all_finite(chunk.values.data() + whole, chunk.values.size() - whole)) {
    rows_ += chunk.rows() - first;
    return;
  }
  std::size_t kept = first;
  for (std::size_t r = first; r < chunk.rows(); ++r) {
    float* row = chunk.values.data() + r * chunk.columns;
    if (!mend_row(row, chunk.event_ids[r])) continue;
    if (kept != r) std::copy_n(row, chunk.columns, chunk.values.data() + kept * chunk.columns);
    chunk.event_ids[kept++] = chunk.event_ids[r];
  }
  chunk.values.resize(kept * chunk.columns);
  chunk.event_ids.resize(kept);
}

bool FiniteRows::refuses(const Column& column) const {
  return policy_ == Policy::refuse || (policy_ == Policy::impute && !column.imputable);
}

bool FiniteRows::mend_row(float* row, std::uint64_t event_id) {
  bool whole = true;
  ++rows_;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    auto& column = columns_[c];
    if (!column.counts || std::isfinite(row[c])) continue;
    ++column.bad;
    if (refuses(column)) {
      if (!refused_) {
        first_event_ = event_id;
        first_row_ = rows_;
      }
      refused_ = true;
    } else if (policy_ == Policy::drop) {
      whole = false;
    } else {
      row[c] = replacement_;
      ++gaps_.imputed;
    }
  }
  if (!whole) ++gaps_.dropped;
  return whole && !refused_;
}

/// "3 in 'jet.mass', 1 in 'x'": columns with most of them first, no more than five.
std::string FiniteRows::counted(bool refused) const {
  std::vector<const Column*> bad;
  for (const auto& column : columns_)
    if (column.bad > 0 && (!refused || refuses(column))) bad.push_back(&column);
  std::stable_sort(bad.begin(), bad.end(),
                   [](const Column* a, const Column* b) { return a->bad > b->bad; });
  constexpr std::size_t shown = 5;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(shown, bad.size()); ++i)
    parts.push_back(fmt::format("{} in '{}'", bad[i]->bad, bad[i]->name));
  if (bad.size() > shown) parts.push_back(fmt::format("more in {} columns", bad.size() - shown));
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// "event 11", and where it is where the reader names files: "event 11, number 2 of 'a.csv'".
std::string FiniteRows::first_place(const std::vector<data::FileRecord>& files) const {
  auto out = fmt::format("event {}", first_event_);
  std::uint64_t before = 0;
  for (const auto& file : files) {
    if (first_row_ <= before + file.events)
      return fmt::format("{}, number {} of those read from '{}'", out, first_row_ - before,
                         file.path);
    before += file.events;
  }
  return out;
}

void FiniteRows::conclude(const std::vector<data::FileRecord>& files,
                          const std::function<void(const std::string&)>& note) const {
  if (refused_)
    throw data::DataError{fmt::format(
        "reader '{}' gave values that are not finite: {}; the first is in {}; {}", reader_,
        counted(true), first_place(files),
        policy_ == Policy::refuse
            ? "nan = \"drop\" leaves such events out, nan = \"impute\" puts 'impute_value' there"
            : "targets, weights and masks are not imputed: nan = \"drop\" leaves such events out")};
  if (!note) return;
  if (gaps_.dropped > 0)
    note(fmt::format("reader '{}': {} events with values that are not finite were left out: {}",
                     reader_, gaps_.dropped, counted(false)));
  if (gaps_.imputed > 0)
    note(fmt::format("reader '{}': {} values that are not finite became {}: {}", reader_,
                     gaps_.imputed, replacement_, counted(false)));
}

}  // namespace steppe::run
