// Tests that run once on every device.
#pragma once

#include "framework/compute/device.hpp"

#include <steppe/random.hpp>

#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "devices.hpp"
#include "matrix.hpp"
#include <gtest/gtest.h>

namespace steppe::compute {

/// In double: what references compute with.
using Reference = reference::Real;

/// Values of a float, so that a tensor can hold them exactly; normal with deviation `sigma`.
inline Reference random_matrix(std::size_t rows, std::size_t columns, std::uint64_t key,
                               double sigma = 1.0) {
  Reference matrix{rows, columns};
  for (std::size_t r = 0; r < rows; ++r) {
    Stream stream{key, 0, r};
    for (std::size_t c = 0; c < columns; ++c)
      matrix(r, c) = static_cast<double>(static_cast<float>(sigma) * stream.normal());
  }
  return matrix;
}

inline std::vector<std::uint64_t> ids(std::size_t count) {
  std::vector<std::uint64_t> rows(count);
  for (std::size_t i = 0; i < count; ++i) rows[i] = i;
  return rows;
}

/// Shapes with one row, odd tails, many columns, one shard and several.
inline const std::vector<std::pair<std::size_t, std::size_t>> shapes{
    {1, 1}, {1, 17}, {3, 5}, {7, 16}, {5, 33}, {128, 602}, {129, 31}, {1037, 1}, {1037, 20}};

class OnDevice : public testing::TestWithParam<const char*> {
 protected:
  Tensor put(const Reference& values) {
    const Tensor tensor = device->matrix(values.rows, values.columns);
    const Mapped mapped{*queue, tensor};
    for (std::size_t r = 0; r < values.rows; ++r)
      for (std::size_t c = 0; c < values.columns; ++c)
        mapped->row(r)[c] = static_cast<float>(values(r, c));
    return tensor;
  }

  Reference get(const Tensor& tensor) {
    const Mapped mapped{*queue, tensor};
    Reference values{tensor.rows, tensor.columns};
    for (std::size_t r = 0; r < tensor.rows; ++r)
      for (std::size_t c = 0; c < tensor.columns; ++c)
        values(r, c) = static_cast<double>(mapped->row(r)[c]);
    return values;
  }

  /// Every float of a tensor, padding of flat buffers included.
  std::vector<float> bits(const Tensor& tensor) {
    const Mapped mapped{*queue, tensor};
    std::vector<float> values;
    for (std::size_t r = 0; r < tensor.rows; ++r)
      values.insert(values.end(), mapped->row(r), mapped->row(r) + tensor.columns);
    return values;
  }

  /// |actual - wanted| <= tolerance (scale + |wanted|), everywhere.
  static void expect_near(const Reference& actual, const Reference& wanted, double tolerance,
                          double scale = 1.0) {
    ASSERT_EQ(actual.values.size(), wanted.values.size());
    for (std::size_t i = 0; i < wanted.values.size(); ++i)
      ASSERT_NEAR(actual.values[i], wanted.values[i],
                  tolerance * (scale + std::abs(wanted.values[i])))
          << "at " << i << " of " << wanted.rows << " x " << wanted.columns;
  }

  std::shared_ptr<Device> device = open_device(GetParam());
  std::unique_ptr<Queue> queue = device->queue();
};

inline bool same_bits(const std::vector<float>& x, const std::vector<float>& y) {
  return x.size() == y.size() && std::memcmp(x.data(), y.data(), x.size() * sizeof(float)) == 0;
}

}  // namespace steppe::compute

#define STEPPE_ON_EVERY_DEVICE(Suite)                                           \
  INSTANTIATE_TEST_SUITE_P(Devices, Suite, testing::ValuesIn(tested_devices()), \
                           [](const auto& test) { return std::string{test.param}; })
