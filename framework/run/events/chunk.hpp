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
};

}  // namespace steppe::run
