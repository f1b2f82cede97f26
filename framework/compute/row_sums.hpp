// Sums over the rows of a batch: one partial sum a shard, added in the fixed tree, in double.
#pragma once

#include "framework/compute/shards.hpp"

#include <vector>

namespace steppe::compute::host {

/// Sums over the rows of `width` values, where `add_rows(sums, first, last)` adds those of rows
/// [first, last), each sum in the order of the rows. They are in `scratch`, valid until its next
/// use.
template <class AddRows>
double* sum_shards(std::vector<double>& scratch, std::size_t rows, std::size_t width,
                   const AddRows& add_rows) {
  scratch.assign(shard_count(rows) * width, 0.0);
  for_each_shard(rows, width, [&](std::size_t shard, std::size_t first, std::size_t last) {
    add_rows(scratch.data() + shard * width, first, last);
  });
  add_tree(scratch.data(), shard_count(rows), width, 0, width);
  return scratch.data();
}

/// The same where `add_row(sums, r)` adds those of row r.
template <class AddRow>
double* sum_rows(std::vector<double>& scratch, std::size_t rows, std::size_t width,
                 const AddRow& add_row) {
  return sum_shards(scratch, rows, width, [&](double* sums, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) add_row(sums, r);
  });
}

}  // namespace steppe::compute::host
