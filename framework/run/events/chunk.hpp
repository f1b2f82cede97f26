// Rows on their way from one stage to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace steppe::run {

struct Chunk {
  std::size_t columns = 0;
  std::vector<float> values;  ///< row-major
  std::vector<std::uint64_t> event_ids;

  std::size_t rows() const { return event_ids.size(); }
  /// So that `rows` fit without being moved.
  void make_room(std::size_t rows) {
    values.reserve(rows * columns);
    event_ids.reserve(rows);
  }
  void append(std::size_t rows, const float* from, const std::uint64_t* ids) {
    values.insert(values.end(), from, from + rows * columns);
    event_ids.insert(event_ids.end(), ids, ids + rows);
  }
};

}  // namespace steppe::run
