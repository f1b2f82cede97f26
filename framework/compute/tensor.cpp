#include "framework/compute/tensor.hpp"

#include <cassert>

namespace steppe::compute {

std::size_t SegmentTable::add(std::string name, std::size_t rows, std::size_t columns) {
  segments_.push_back({std::move(name), floats_, rows, columns});
  floats_ += aligned(rows * columns);
  values_ += rows * columns;
  return segments_.size() - 1;
}

Tensor Tensor::head(std::size_t count) const { return slice_rows(0, count); }

Tensor Tensor::slice_rows(std::size_t first, std::size_t count) const {
  assert(first + count <= rows);
  Tensor slice = *this;
  slice.offset += first * stride;
  slice.rows = count;
  return slice;
}

Tensor Tensor::segment(std::size_t index) const {
  assert(segments && index < segments->segments().size());
  const Segment& part = (*segments)[index];
  return {storage, offset + part.offset, part.rows, part.columns, part.columns, nullptr};
}

}  // namespace steppe::compute
