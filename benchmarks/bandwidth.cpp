// Plain loops over floats, compiled for several instruction sets. This file is compiled so that a
// loop stays one, and does not become a call of memset or memcpy, which write past the caches.
#include "bandwidth.hpp"

#include "framework/compute/kernel.hpp"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <thread>
#include <vector>

namespace steppe::benchmarks {

namespace {

using Clock = std::chrono::steady_clock;

/// Sixteen floats side by side, in as many registers as that takes.
using Lanes = float __attribute__((vector_size(64)));

/// Eight sums, so that no addition waits for the one before.
STEPPE_KERNEL float read_all(const float* from, std::size_t count) {
  const auto* at = reinterpret_cast<const Lanes*>(from);
  Lanes a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{};
  for (std::size_t i = 0; i + 8 <= count / 16; i += 8) {
    a += at[i], b += at[i + 1], c += at[i + 2], d += at[i + 3];
    e += at[i + 4], f += at[i + 5], g += at[i + 6], h += at[i + 7];
  }
  const Lanes sums = ((a + b) + (c + d)) + ((e + f) + (g + h));
  float sum = 0;
  for (int lane = 0; lane < 16; ++lane) sum += sums[lane];
  return sum;
}

STEPPE_KERNEL void write_all(float* to, std::size_t count, float value) {
  for (std::size_t i = 0; i < count; ++i) to[i] = value;
}

STEPPE_KERNEL void copy_all(const float* from, float* to, std::size_t count) {
  STEPPE_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) to[i] = from[i];
}

/// Floats at the beginning of a page.
class Buffer {
 public:
  explicit Buffer(std::size_t bytes)
      : size_{bytes / sizeof(float)},
        data_{static_cast<float*>(std::aligned_alloc(page, (bytes + page - 1) / page * page))} {
    if (!data_) throw std::bad_alloc{};
    std::fill_n(data_.get(), size_, 1.0F);
  }
  float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::size_t page = 4096;
  struct Free {
    void operator()(float* memory) const { std::free(memory); }
  };
  std::size_t size_;
  std::unique_ptr<float, Free> data_;
};

void pass(Traffic traffic, const Buffer& buffer) {
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
    const Buffer buffer{bytes};
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
