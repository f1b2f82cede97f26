// Small data sets for tests of transforms, written down or made by a formula.
#pragma once

#include <steppe/random.hpp>

#include <set>

#include "plugin_fixture.hpp"

namespace steppe::testing {

/// Columns by name: "label" is a target, "weight" a weight, `constituent.N.filled` a mask; others
/// are side columns. "constituent.N.x" and "jet.x" are in groups.
inline Columns columns_named(const std::vector<std::string>& names,
                             const std::string& domain = "") {
  Columns out;
  out.domain = domain;
  for (const auto& name : names) {
    Column column{name};
    column.role = name == "label" ? Role::target : name == "weight" ? Role::weight : Role::side;
    if (name.ends_with(".filled")) column.role = Role::mask;
    if (const auto dot = name.find('.'); dot != std::string::npos)
      column.group = name.substr(0, dot);
    if (column.group == "constituent") column.slot = std::stoi(name.substr(12));
    out.items.push_back(column);
  }
  return out;
}

/// Rows as written; event n has the id 100 + n.
inline Collected rows_of(const std::vector<std::string>& names,
                         const std::vector<std::vector<float>>& rows) {
  Collected out;
  out.columns = columns_named(names);
  for (const auto& row : rows) {
    out.event_ids.push_back(100 + out.event_ids.size());
    out.values.insert(out.values.end(), row.begin(), row.end());
  }
  return out;
}

/// `count` events with a label and a weight: a third is signal. Ids and values differ between any
/// two events; `skip` leaves out every seventh event, as a simulation that has no jet there.
inline Collected labelled(std::size_t count, bool skip = false) {
  Collected out;
  out.columns = columns_named({"x", "label", "weight"});
  for (std::size_t n = 0; n < count; ++n) {
    if (skip && n % 7 == 3) continue;
    const auto id = stream_key("labelled", n);
    out.event_ids.push_back(id);
    out.values.insert(out.values.end(), {static_cast<float>(id >> 40), n % 3 == 0 ? 1.0F : 0.0F,
                                         0.25F + static_cast<float>(n % 5)});
  }
  return out;
}

inline std::set<std::uint64_t> ids_of(const Collected& data) {
  return {data.event_ids.begin(), data.event_ids.end()};
}

inline std::size_t count_of(const Collected& data, float label) {
  std::size_t out = 0;
  for (std::size_t r = 0; r < data.rows(); ++r) out += data.at(r, "label") == label ? 1 : 0;
  return out;
}

}  // namespace steppe::testing
