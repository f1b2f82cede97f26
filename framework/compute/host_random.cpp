// Random tensors: column c of row r is draw number c of the stream of row id r (steppe/random.hpp).
#include "framework/compute/host_operations.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/spans.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace steppe::compute::host {

namespace {

using Count = std::size_t;

constexpr Count chunk_blocks = 64;
using Words = std::array<std::uint32_t, 4 * chunk_blocks>;

STEPPE_KERNEL void draw(Count blocks, std::uint32_t* words, std::uint64_t key, std::uint64_t row,
                        std::uint64_t first_block) {
  for (Count b = 0; b < blocks; ++b) {
    const PhiloxCounter block = random_block(key, row, first_block + b);
    for (Count i = 0; i < 4; ++i) words[4 * b + i] = block[i];
  }
}

STEPPE_KERNEL void to_uniform(Count n, float* y, const std::uint32_t* words, float low, float span,
                              float top) {
  for (Count i = 0; i < n; ++i) {
    const float value = low + span * uniform_from(words[i]);
    y[i] = value > top ? top : value;
  }
}

STEPPE_KERNEL void to_normal(Count n, float* y, const std::uint32_t* words, float sigma) {
  for (Count i = 0; i < n; ++i) y[i] = sigma * normal_from(words[i]);
}

/// `write(count, y, words)` for columns [first, first + count) of a row, chunk by chunk.
template <class Write>
void for_each_chunk(std::uint64_t key, std::uint64_t row, Count first, Count count, float* y,
                    const Write& write) {
  Words words;
  for (Count done = 0; done < count;) {
    const Count column = first + done, skip = column % 4;
    const Count part = std::min(count - done, words.size() - skip);
    draw((skip + part + 3) / 4, words.data(), key, row, column / 4);
    write(part, y + done, words.data() + skip);
    done += part;
  }
}

template <class Write>
void for_each_draw(RandomKey key, std::span<const std::uint64_t> row_ids, const View& y,
                   const Write& write) {
  const std::uint64_t mixed = random_key(key.key, key.stream);
  for_each_shard(y.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      if (!y.segments) {
        for_each_chunk(mixed, row_ids[r], 0, y.columns, y.row(r), write);
        continue;
      }
      Count before = 0;  // values, padding not counted
      for (const Segment& part : y.segments->segments()) {
        for_each_chunk(mixed, row_ids[r], before, part.size(), y.data + part.offset, write);
        before += part.size();
      }
    }
  });
}

}  // namespace

void uniform(RandomKey key, std::span<const std::uint64_t> row_ids, float low, float high,
             const View& y) {
  // low + span * u may round up to `high`, which the interval leaves out.
  const float top = std::nextafter(high, low);
  const float span = high - low;
  for_each_draw(key, row_ids, y, [=](Count n, float* to, const std::uint32_t* words) {
    to_uniform(n, to, words, low, span, top);
  });
}

void normal(RandomKey key, std::span<const std::uint64_t> row_ids, float sigma, const View& y) {
  for_each_draw(key, row_ids, y, [=](Count n, float* to, const std::uint32_t* words) {
    to_normal(n, to, words, sigma);
  });
}

}  // namespace steppe::compute::host
