// From matrices to plain loops: the contiguous pieces that several views share.
#pragma once

#include "framework/compute/shards.hpp"
#include "framework/compute/tensor.hpp"

namespace steppe::compute {

/// `row` as a matrix of `rows` rows that are all the same memory.
inline View repeated(View row, std::size_t rows) {
  if (row.rows == 1 && rows != 1) {
    row.rows = rows;
    row.stride = 0;
  }
  return row;
}

/// `tensor`; where it is empty, the row `zeros` as often as `shape` has rows.
inline View or_zeros(const View& tensor, float* zeros, const View& shape) {
  return tensor.data ? tensor : repeated({zeros, 1, shape.columns, shape.columns}, shape.rows);
}

inline bool contiguous(const View& view) { return view.rows == 1 || view.stride == view.columns; }

/// `kernel(count, pointers...)` over rows [first, last) of views of equal shape, in the longest
/// pieces there are. Of a flat buffer (`lead`, one row): its segments, so padding is not touched.
template <class Kernel, class... Views>
void for_each_piece(std::size_t first, std::size_t last, const Kernel& kernel, const View& lead,
                    const Views&... others) {
  if (lead.segments) {
    for (const Segment& part : lead.segments->segments())
      kernel(part.size(), lead.data + part.offset, (others.data + part.offset)...);
  } else if (contiguous(lead) && (contiguous(others) && ...)) {
    kernel((last - first) * lead.columns, lead.row(first), others.row(first)...);
  } else {
    for (std::size_t r = first; r < last; ++r) kernel(lead.columns, lead.row(r), others.row(r)...);
  }
}

/// The same for all rows, in shards.
template <class Kernel, class... Views>
void for_each_span(const Kernel& kernel, const View& lead, const Views&... others) {
  for_each_shard(lead.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for_each_piece(first, last, kernel, lead, others...);
  });
}

}  // namespace steppe::compute
