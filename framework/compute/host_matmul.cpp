#include "framework/compute/host_matmul.hpp"

#include "framework/compute/bf16_terms.hpp"
#include "framework/compute/kernel.hpp"
#include "framework/compute/spans.hpp"

namespace steppe::compute::host {

namespace {

View rows_of(View view, std::size_t first, std::size_t last) {
  view.data = view.row(first);
  view.rows = last - first;
  return view;
}

STEPPE_KERNEL void add_partials(float* partial, std::size_t count, std::size_t size,
                                std::size_t first, std::size_t last) {
  add_tree(partial, count, size, first, last);
}

bf16::Matrix first_terms(const View& a, Transpose transpose, Precision precision,
                         GrowingMemory& memory) {
  const auto along = transpose == Transpose::first ? bf16::Along::rows : bf16::Along::columns;
  return bf16::lay(a, bf16::first_operand(precision), along, memory);
}

bf16::Matrix second_terms(const View& b, Transpose transpose, Precision precision,
                          GrowingMemory& memory) {
  const auto along = transpose == Transpose::second ? bf16::Along::columns : bf16::Along::rows;
  return bf16::lay(b, bf16::second_operand(precision), along, memory);
}

/// For the first operand of what a thread is at.
GrowingMemory& own_memory() {
  thread_local GrowingMemory memory;
  return memory;
}

/// c <- a^T b (+ c) of one shard.
void one_sum_over_rows(Matmul& engine, const View& a, const View& b, const View& c,
                       MatmulOptions how) {
  constexpr auto transpose = Transpose::first;
  if (how.precision == Precision::f32) return engine.run(a, b, c, transpose, how.accumulate);
  thread_local GrowingMemory second;
  engine.run(first_terms(a, transpose, how.precision, own_memory()),
             second_terms(b, transpose, how.precision, second), c, transpose, how.accumulate);
}

/// c <- a^T b (+ c): the sum runs over the rows, so shards make partial products.
void sum_over_rows(Matmul& engine, Scratch& scratch, const View& a, const View& b, const View& c,
                   MatmulOptions how) {
  const std::size_t shards = shard_count(a.rows);
  const std::size_t size = c.rows * c.columns;
  scratch.floats.resize(shards * size);
  float* partial = scratch.floats.data();
  for_each_shard(a.rows, [&](std::size_t shard, std::size_t first, std::size_t last) {
    const View to{partial + shard * size, c.rows, c.columns, c.columns};
    one_sum_over_rows(engine, rows_of(a, first, last), rows_of(b, first, last), to,
                      {.precision = how.precision});
  });
  run_parallel(shards, [&](std::size_t slice) {
    add_partials(partial, shards, size, size * slice / shards, size * (slice + 1) / shards);
  });
  const View total{partial, c.rows, c.columns, c.columns};
  if (how.accumulate) {
    axpy(1.0F, total, c);
  } else {
    copy(total, c);
  }
}

}  // namespace

void matmul(Matmul& engine, Scratch& scratch, const View& a, const View& b, const View& c,
            Transpose transpose, MatmulOptions how) {
  if (transpose == Transpose::first) {
    if (shard_count(a.rows) > 1) return sum_over_rows(engine, scratch, a, b, c, how);
    return one_sum_over_rows(engine, a, b, c, how);
  }
  if (how.precision == Precision::f32)
    return for_each_shard(c.rows, [&](std::size_t, std::size_t first, std::size_t last) {
      engine.run(rows_of(a, first, last), b, rows_of(c, first, last), transpose, how.accumulate);
    });
  const auto terms = second_terms(b, transpose, how.precision, scratch.terms);
  for_each_shard(c.rows, [&](std::size_t, std::size_t first, std::size_t last) {
    engine.run(first_terms(rows_of(a, first, last), transpose, how.precision, own_memory()), terms,
               rows_of(c, first, last), transpose, how.accumulate);
  });
}

}  // namespace steppe::compute::host
