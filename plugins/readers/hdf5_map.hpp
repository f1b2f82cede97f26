// The columns that are wanted of an HDF5 file, and their values some rows at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "hdf5_columns.hpp"

namespace steppe::hdf5 {

struct Map {
  ColumnList list;
  std::vector<ColumnPlace> extras;  ///< features, side columns, weight
  std::size_t features = 0;
  std::optional<ColumnPlace> label;
  std::vector<ColumnPlace> jet;                        ///< pT, eta and, where it is there, phi
  std::vector<std::vector<ColumnPlace>> constituents;  ///< by component, then by slot

  std::string row_name(std::uint64_t row) const {
    return "row " + std::to_string(row) + " of " + list.name();
  }
};

class Chunk {
 public:
  /// @throws Error when the arrays that are used differ in their number of rows.
  explicit Chunk(const Map& map) : arrays_{map.list.arrays()}, values_(arrays_.size()) {
    for (const auto& component : map.constituents) use(map, component);
    use(map, map.extras);
    use(map, map.jet);
    if (map.label) use(map, {*map.label});
  }

  /// Of the file.
  std::uint64_t all_rows() const { return used_.empty() ? 0 : arrays_[used_[0]].rows(); }

  void read(std::uint64_t first, std::uint64_t rows) {
    first_ = first;
    for (const auto array : used_) arrays_[array].read(first, rows, values_[array]);
  }

  /// Of a row that was read, by its number in the file.
  float at(std::uint64_t row, const ColumnPlace& place) const {
    return values_[place.array][(row - first_) * arrays_[place.array].width() + place.column];
  }

 private:
  void use(const Map& map, const std::vector<ColumnPlace>& places) {
    for (const auto& place : places) {
      if (std::find(used_.begin(), used_.end(), place.array) != used_.end()) continue;
      used_.push_back(place.array);
      const auto& first = arrays_[used_[0]];
      const auto& array = arrays_[place.array];
      require_filters(*array.data_set, array.name, array.file);
      if (array.rows() != first.rows())
        throw Error{map.list.name() + ": '" + array.name + "' has " + std::to_string(array.rows()) +
                    " rows, and '" + first.name + "' has " + std::to_string(first.rows())};
    }
  }

  const std::vector<RowArray>& arrays_;
  std::vector<std::size_t> used_;
  std::vector<std::vector<float>> values_;
  std::uint64_t first_ = 0;
};

}  // namespace steppe::hdf5
