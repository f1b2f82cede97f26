// Plain loops over floats, compiled for several instruction sets. This file is compiled so that a
// loop stays one, and does not become a call of memset or memcpy, which write past the caches.
#include "bandwidth.hpp"

#include "framework/compute/kernel.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>
#include <vector>

namespace steppe::benchmarks {

namespace {

using Clock = std::chrono::steady_clock;

STEPPE_KERNEL float read_all(const float* from, std::size_t count) {
  constexpr std::size_t lanes = 128;
  float sums[lanes] = {};
  for (std::size_t i = 0; i + lanes <= count; i += lanes)
    for (std::size_t j = 0; j < lanes; ++j) sums[j] += from[i + j];
  float sum = 0;
  for (const float one : sums) sum += one;
  return sum;
}

STEPPE_KERNEL void write_all(float* to, std::size_t count, float value) {
  for (std::size_t i = 0; i < count; ++i) to[i] = value;
}

STEPPE_KERNEL void copy_all(const float* from, float* to, std::size_t count) {
  STEPPE_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
}

void pass(Traffic traffic, std::vector<float>& buffer) {
  static volatile float kept = 1.0F;
  const std::size_t half = buffer.size() / 2;
  switch (traffic) {
    case Traffic::read:
      kept = read_all(buffer.data(), buffer.size());
      break;
    case Traffic::write:
      write_all(buffer.data(), buffer.size(), kept);
      break;
    case Traffic::copy:
      copy_all(buffer.data(), buffer.data() + half, half);
      break;
  }
}

}  // namespace

double gigabytes_per_second(Traffic traffic, std::size_t bytes, unsigned cores) {
  constexpr int moments = 30;
  constexpr std::size_t bytes_a_moment = std::size_t{32} << 20U;
  const std::size_t passes = std::max<std::size_t>(bytes_a_moment / bytes, 1);
  std::vector<std::vector<double>> seconds(cores, std::vector<double>(moments));
  std::barrier together{static_cast<std::ptrdiff_t>(cores)};
  const auto work = [&](std::size_t core) {
    std::vector<float> buffer(bytes / sizeof(float), 1.0F);
    pass(traffic, buffer);
    for (auto& moment : seconds[core]) {
      together.arrive_and_wait();
      const auto begin = Clock::now();
      for (std::size_t n = 0; n < passes; ++n) pass(traffic, buffer);
      moment = std::chrono::duration<double>(Clock::now() - begin).count();
    }
  };
  std::vector<std::thread> others;
  for (unsigned core = 1; core < cores; ++core) others.emplace_back(work, core);
  work(0);
  for (auto& other : others) other.join();
  double best = 0;
  for (int m = 0; m < moments; ++m) {
    double slowest = 0;
    for (const auto& of_core : seconds)
      slowest = std::max(slowest, of_core[static_cast<std::size_t>(m)]);
    best = std::max(best, static_cast<double>(passes * bytes) * cores / slowest);
  }
  return 1e-9 * best;
}

}  // namespace steppe::benchmarks
