// Sums over the rows of a batch: one partial sum a shard, added in the fixed tree, in double.
#pragma once

#include "framework/compute/shards.hpp"

#include <vector>

namespace steppe::compute::host {

/// Sums over the rows of `width` values, where `add_row(sums, r)` adds those of row r. They are in
/// `scratch`, valid until its next use.
template <class AddRow>
double* sum_rows(std::vector<double>& scratch, std::size_t rows, std::size_t width,
                 const AddRow& add_row) {
  scratch.assign(shard_count(rows) * width, 0.0);
  for_each_shard(rows, width, [&](std::size_t shard, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) add_row(scratch.data() + shard * width, r);
  });
  add_tree(scratch.data(), shard_count(rows), width, 0, width);
  return scratch.data();
}

}  // namespace steppe::compute::host
