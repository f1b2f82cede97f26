// Rows cut into shards: how a long operation spreads over oneTBB and still has one result.
//
// The cut depends on the number of rows and on nothing else. Partial results are added in a fixed
// tree, ((0+1)+(2+3))+..., so threads decide when a shard runs and never what comes out. Nor does
// how much work there is: it decides only whether it is worth asking other threads at all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

namespace steppe::compute {

inline constexpr std::size_t most_shards = 16;
inline constexpr std::size_t rows_per_shard = 128;

/// 1 up to 128 rows, 16 from 1921 rows on.
constexpr std::size_t shard_count(std::size_t rows) {
  return std::clamp<std::size_t>((rows + rows_per_shard - 1) / rows_per_shard, 1, most_shards);
}

/// An operation on fewer floats is done before another thread has begun.
inline constexpr std::size_t few_floats = std::size_t{1} << 15;

/// `work(0)` ... `work(count - 1)`, in any order, on any thread; returns when all are done. A
/// waiting thread takes no work from elsewhere, so no other operation of its queue can slip in.
void run_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

/// `work(shard, first, last)` for each shard of `rows` rows. One shard runs here and now, and so do
/// all of them, one after the other, where rows have `width` floats each and all rows few.
template <class Work>
void for_each_shard(std::size_t rows, std::size_t width, const Work& work) {
  const std::size_t count = shard_count(rows);
  const auto run = [&](std::size_t shard) {
    work(shard, rows * shard / count, rows * (shard + 1) / count);
  };
  if (count == 1 || rows * width < few_floats) {
    for (std::size_t shard = 0; shard < count; ++shard) run(shard);
  } else {
    run_parallel(count, run);
  }
}

/// The same for rows that are worth it.
template <class Work>
void for_each_shard(std::size_t rows, const Work& work) {
  for_each_shard(rows, few_floats, work);
}

/// Adds values [first, last) of `count` partial results of `size` values each, one behind the
/// other, into the first.
template <class Value>
void add_tree(Value* partial, std::size_t count, std::size_t size, std::size_t first,
              std::size_t last) {
  for (std::size_t step = 1; step < count; step *= 2) {
    for (std::size_t i = 0; i + step < count; i += 2 * step) {
      Value* to = partial + i * size;
      const Value* from = partial + (i + step) * size;
      for (std::size_t j = first; j < last; ++j) to[j] += from[j];
    }
  }
}

}  // namespace steppe::compute
