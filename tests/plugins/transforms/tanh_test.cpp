// The hyperbolic tangent that loops take, against the C library's in double.
#include "plugins/transforms/tanh.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace steppe::jets {
namespace {

/// Every so many of all floats from 0 to infinity.
template <class Work>
void for_many_floats(const Work& work) {
  for (std::uint32_t bits = 1; bits < 0x7F800000U; bits += 499) work(std::bit_cast<float>(bits));
}

double unit_in_last_place(double x) { return std::ldexp(1.0, std::max(std::ilogb(x), -126) - 23); }

TEST(Tanh, IsWithinTwoAndAFifthUnitsInTheLastPlace) {
  double worst = 0;
  for_many_floats([&](float x) {
    const double exact = std::tanh(double{x});
    worst = std::max(worst, std::abs(double{tanh_of(x)} - exact) / unit_in_last_place(exact));
  });
  EXPECT_LT(worst, 2.2);
  EXPECT_GT(worst, 0.4);
}

TEST(Tanh, IsOddAndNeverBeyondOne) {
  for_many_floats([](float x) {
    const float y = tanh_of(x);
    ASSERT_EQ(std::bit_cast<std::uint32_t>(tanh_of(-x)), std::bit_cast<std::uint32_t>(-y)) << x;
    ASSERT_LE(y, 1.0F) << x;
  });
}

TEST(Tanh, KeepsZeroInfinityAndNaN) {
  EXPECT_EQ(std::bit_cast<std::uint32_t>(tanh_of(0.0F)), 0U);
  EXPECT_EQ(std::bit_cast<std::uint32_t>(tanh_of(-0.0F)), 0x80000000U);
  EXPECT_EQ(tanh_of(std::numeric_limits<float>::infinity()), 1.0F);
  EXPECT_EQ(tanh_of(-std::numeric_limits<float>::infinity()), -1.0F);
  EXPECT_TRUE(std::isnan(tanh_of(std::numeric_limits<float>::quiet_NaN())));
}

}  // namespace
}  // namespace steppe::jets
