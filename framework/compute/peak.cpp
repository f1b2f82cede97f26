// Chains of x <- x a + b that do not wait for each other. How many of them fill the units of a
// processor depends on how wide its registers are and how many it has: a few numbers are tried.
//
// This file alone is compiled with contraction: where there is a fused multiplication and addition
// it is used. Nothing here shapes a result.
#include "framework/compute/peak.hpp"

#include "framework/compute/kernel.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

namespace steppe::compute {

namespace {

template <std::size_t Chains>
[[gnu::always_inline]] inline float run_chains(std::size_t length, float a, float b) {
  float x[Chains];
  for (std::size_t i = 0; i < Chains; ++i) x[i] = static_cast<float>(i) * b;
  for (std::size_t n = 0; n < length; ++n)
    for (std::size_t i = 0; i < Chains; ++i) x[i] = x[i] * a + b;
  float sum = 0;
  for (std::size_t i = 0; i < Chains; ++i) sum += x[i];
  return sum;
}

STEPPE_KERNEL float chains_48(std::size_t length, float a, float b) {
  return run_chains<48>(length, a, b);
}
STEPPE_KERNEL float chains_96(std::size_t length, float a, float b) {
  return run_chains<96>(length, a, b);
}
STEPPE_KERNEL float chains_160(std::size_t length, float a, float b) {
  return run_chains<160>(length, a, b);
}

using Chains = float (*)(std::size_t, float, float);

double gflops(Chains chains, std::size_t count) {
  using Clock = std::chrono::steady_clock;
  constexpr std::size_t operations = 25'000'000;
  const std::size_t length = operations / (2 * count);
  volatile float a = 0.9999F, b = 1e-3F;  // known when it runs
  const auto begin = Clock::now();
  [[maybe_unused]] const volatile float sum = chains(length, a, b);
  const std::chrono::duration<double, std::nano> took = Clock::now() - begin;
  return static_cast<double>(2 * count * length) / took.count();
}

}  // namespace

double peak_gflops() {
  constexpr std::array<std::pair<Chains, std::size_t>, 3> kinds{
      {{chains_48, 48}, {chains_96, 96}, {chains_160, 160}}};
  double best = 0;
  for (int moment = 0; moment < 4; ++moment)
    for (const auto& [chains, count] : kinds) best = std::max(best, gflops(chains, count));
  return best;
}

}  // namespace steppe::compute
