// For transforms that leave rows out and change nothing else.
#pragma once

#include <steppe/transform.hpp>

#include <cstdint>
#include <vector>

namespace steppe {

/// Passes on the rows that `keep(row, event id)` says yes to.
template <class Keep>
void pass_on(const Rows& rows, const RowSink& sink, const Keep& keep) {
  std::vector<float> values;
  std::vector<std::uint64_t> ids;
  for (std::size_t r = 0; r < rows.count; ++r) {
    const auto row = rows.row(r);
    if (!keep(row, rows.event_ids[r])) continue;
    values.insert(values.end(), row.begin(), row.end());
    ids.push_back(rows.event_ids[r]);
  }
  sink.append(values, ids);
}

}  // namespace steppe
