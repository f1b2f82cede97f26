// Shapes nobody chose, and how close to double results on them must be.
//
// The largest difference of a result is at most 1e-5 of the largest magnitude in its reference.
// The worst ratio met is printed for each operation.
#pragma once

#include <algorithm>
#include <cstdio>
#include <map>

#include "device_fixture.hpp"

namespace steppe::compute {

struct Shape {
  std::size_t rows, columns, inner;  ///< inner: what a product sums over
  std::uint64_t key;                 ///< of its numbers: this one and the next 99
};

/// 200 shapes, the same ones always. One row, 602 columns, and batches of up to 4096 rows come
/// often enough; most numbers of columns are no multiple of a vector.
inline const std::vector<Shape>& random_shapes() {
  static const std::vector<Shape> made = [] {
    Stream stream{2024, 7};
    const auto between = [&](std::uint32_t low, std::uint32_t high) -> std::size_t {
      return low + stream.index(high - low + 1);
    };
    std::vector<Shape> list;
    for (std::size_t i = 0; i < 200; ++i) {
      const bool large = i % 40 == 4;
      const std::size_t rows = large        ? (i == 4 ? 4096 : between(1025, 4096))
                               : i % 8 == 0 ? 1
                                            : between(1, 2U << stream.index(8));
      const std::size_t columns = i % 10 == 3 ? 602 : between(1, large ? 40 : 96);
      list.push_back({rows, columns, i % 12 == 5 ? 602 : between(1, 96), 100 * i});
    }
    return list;
  }();
  return made;
}

class RandomShapes : public OnDevice {
 protected:
  void TearDown() override {
    for (const auto& [name, ratio] : worst_) std::printf("  %-32s %.1e\n", name.c_str(), ratio);
  }

  /// `terms`: what the largest magnitude is taken of, where that is not the reference itself.
  void expect_close(const std::string& name, const Reference& got, const Reference& wanted,
                    const Reference& terms) {
    double difference = 0, magnitude = 0;
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
      const double here = std::abs(got.values[i] - wanted.values[i]);
      difference = std::isnan(here) ? HUGE_VAL : std::max(difference, here);
      magnitude = std::max(magnitude, std::abs(terms.values[i]));
    }
    EXPECT_LE(difference, 1e-5 * magnitude)
        << name << " on " << wanted.rows << " x " << wanted.columns;
    if (difference > 0) worst_[name] = std::max(worst_[name], difference / magnitude);
  }
  void expect_close(const std::string& name, const Reference& got, const Reference& wanted) {
    expect_close(name, got, wanted, wanted);
  }
  void expect_close(const std::string& name, const Tensor& got, const Reference& wanted) {
    expect_close(name, get(got), wanted);
  }

 private:
  std::map<std::string, double> worst_;
};

}  // namespace steppe::compute
