// Races put here on purpose: a sanitizer that is silent about them is blind.
//
//   planted_race between_shards | between_threads | none
#include "framework/compute/shards.hpp"

#include <atomic>
#include <cstdio>
#include <string_view>
#include <thread>
#include <vector>

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace {

constexpr std::size_t shards = 2;

/// Both shards are under way at once, on two threads, before either goes on.
void meet(std::atomic<std::size_t>& arrived) {
  arrived.fetch_add(1, std::memory_order_relaxed);
  while (arrived.load(std::memory_order_relaxed) < shards) std::this_thread::yield();
}

/// Every shard writes to `sums`: to the same place, or each to its own.
double add_up(bool same_place) {
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism, shards};
  std::vector<double> sums(shards, 1.0);
  tbb::task_arena{shards}.execute([&] {
    std::atomic<std::size_t> arrived{0};
    steppe::compute::run_parallel(shards, [&](std::size_t shard) {
      meet(arrived);
      sums[same_place ? 0 : shard] += 1.0;
    });
  });
  return sums[0] + sums[1];
}

double add_up_in_threads() {
  double sum = 0;
  std::thread other{[&] { sum += 1.0; }};
  sum += 1.0;
  other.join();
  return sum;
}

}  // namespace

int main(int count, char** words) {
  const std::string_view kind = count == 2 ? words[1] : "";
  if (kind == "between_threads")
    std::printf("%g\n", add_up_in_threads());
  else
    std::printf("%g\n", add_up(kind == "between_shards"));
}
