// From matrices to plain loops: the contiguous pieces that several views share.
#pragma once

#include "framework/compute/shards.hpp"
#include "framework/compute/tensor.hpp"

#include <algorithm>

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

/// A flat buffer is one row, however long: more than so many floats are cut into as many pieces.
inline constexpr std::size_t floats_per_piece = std::size_t{1} << 17;

/// Values [first, last) of flat buffers of one layout, padding left out.
template <class Kernel, class... Views>
void for_each_part(std::size_t first, std::size_t last, const Kernel& kernel, const View& lead,
                   const Views&... others) {
  for (const Segment& part : lead.segments->segments()) {
    const std::size_t from = std::max(part.offset, first);
    const std::size_t to = std::min(part.offset + part.size(), last);
    if (from < to) kernel(to - from, lead.data + from, (others.data + from)...);
  }
}

/// The same for all rows, in shards, and for all values of flat buffers: what is done with a value
/// must not depend on its neighbours.
template <class Kernel, class... Views>
void for_each_span(const Kernel& kernel, const View& lead, const Views&... others) {
  if (lead.segments && lead.columns > floats_per_piece) {
    const std::size_t pieces = std::min(lead.columns / floats_per_piece + 1, most_shards);
    return run_parallel(pieces, [&](std::size_t piece) {
      for_each_part(lead.columns * piece / pieces, lead.columns * (piece + 1) / pieces, kernel,
                    lead, others...);
    });
  }
  for_each_shard(lead.rows, lead.columns, [&](std::size_t, std::size_t first, std::size_t last) {
    for_each_piece(first, last, kernel, lead, others...);
  });
}

}  // namespace steppe::compute
