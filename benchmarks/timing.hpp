// Ways of doing the same work, timed in turns, so that what else the machine does meets all alike.
#pragma once

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <functional>
#include <vector>

namespace steppe::benchmarks {

inline double seconds(clockid_t clock) {
  std::timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Seconds of each way, round by round; the first round is not counted.
using Rounds = std::vector<std::vector<double>>;

inline Rounds in_turns(clockid_t clock, std::size_t rounds,
                       const std::vector<std::function<void()>>& ways) {
  Rounds out(ways.size());
  for (std::size_t round = 0; round <= rounds; ++round)
    for (std::size_t way = 0; way < ways.size(); ++way) {
      const double begin = seconds(clock);
      ways[way]();
      if (round > 0) out[way].push_back(seconds(clock) - begin);
    }
  return out;
}

/// The median over rounds of a / b.
inline double ratio(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> out;
  for (std::size_t i = 0; i < a.size(); ++i) out.push_back(a[i] / b[i]);
  return median(std::move(out));
}

}  // namespace steppe::benchmarks
