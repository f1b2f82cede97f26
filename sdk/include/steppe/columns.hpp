// Columns and where rows go: shared by readers, transforms and models.
#pragma once

#include <steppe/abi.h>
#include <steppe/error.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steppe {

enum class Role { feature, target, weight, mask, side };
enum class ColumnKind { real, integer, flag };

/// A column has a meaning: see design of the data set in docs/architecture.md.
struct Column {
  std::string name;    ///< "constituent.3.log_pt"
  std::string unit{};  ///< "" when it has none
  Role role = Role::feature;
  std::string group{};  ///< "constituent", "jet", ""
  int slot = -1;        ///< place inside the group, -1 where it has none
  ColumnKind kind = ColumnKind::real;
  int classes = 2;  ///< of a target: how many classes, 0: it is a real value
};

/// The columns of a data set, in the order of the values of a row.
struct Columns {
  std::vector<Column> items;
  std::string domain;  ///< where the events come from: "pythia"

  std::size_t size() const { return items.size(); }
  /// Index of the column of this name.
  std::optional<std::size_t> find(std::string_view name) const {
    for (std::size_t i = 0; i < items.size(); ++i)
      if (items[i].name == name) return i;
    return std::nullopt;
  }
};

namespace detail {

inline Columns from_c(const steppe_column* items, std::size_t count, const char* domain) {
  Columns out;
  out.domain = domain ? domain : "";
  out.items.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    out.items.push_back({items[i].name, items[i].unit, static_cast<Role>(items[i].role),
                         items[i].group, items[i].slot, static_cast<ColumnKind>(items[i].kind),
                         items[i].classes});
  return out;
}

inline std::vector<steppe_column> to_c(const Columns& columns) {
  std::vector<steppe_column> out;
  out.reserve(columns.size());
  for (const auto& c : columns.items)
    out.push_back({c.name.c_str(), c.unit.c_str(), static_cast<steppe_role>(c.role),
                   c.group.c_str(), c.slot, static_cast<steppe_column_kind>(c.kind), c.classes});
  return out;
}

}  // namespace detail

/// Rows as they pass by: row-major, one float a column.
struct Rows {
  std::size_t count = 0;
  std::size_t columns = 0;
  const float* values = nullptr;
  std::span<const std::uint64_t> event_ids;

  std::span<const float> row(std::size_t index) const {
    return {values + index * columns, columns};
  }
};

/// Takes rows, in chunks of any size; the host copies them.
class RowSink {
 public:
  RowSink(const steppe_sink* sink, std::size_t columns) : sink_{sink}, columns_{columns} {}

  /// `values`: ids.size() rows of `columns` floats each.
  void append(std::span<const float> values, std::span<const std::uint64_t> event_ids) const {
    if (values.size() != event_ids.size() * columns_)
      throw Error{"a chunk of " + std::to_string(event_ids.size()) + " rows has " +
                      std::to_string(values.size()) + " values instead of " +
                      std::to_string(event_ids.size() * columns_),
                  STEPPE_INTERNAL};
    detail::check(sink_->append(sink_->self, event_ids.size(), values.data(), event_ids.data()));
  }
  /// Readers: what one file gave, said after its rows were appended and before those of the next.
  /// `expected`: the rows it says it has.
  void file(const std::filesystem::path& path, std::uint64_t rows,
            std::optional<std::int64_t> expected = {}) const {
    detail::check(sink_->file(sink_->self, path.c_str(), rows, expected.value_or(-1)));
  }

 private:
  const steppe_sink* sink_;
  std::size_t columns_;
};

namespace detail {

inline void declare(const steppe_sink* sink, const Columns& columns) {
  const auto table = to_c(columns);
  check(sink->columns(sink->self, table.data(), table.size(), columns.domain.c_str()));
}

}  // namespace detail
}  // namespace steppe
