// Floats as sums of bfloat16 terms, and how terms of matrices are laid out.
#include "framework/compute/bf16_terms.hpp"

#include <steppe/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace steppe::compute::bf16 {
namespace {

double value(Bits bits) {
  return static_cast<double>(std::bit_cast<float>(std::uint32_t{bits} << 16));
}

/// The terms of each value.
std::vector<std::vector<Bits>> terms_of(const std::vector<float>& x, std::size_t count) {
  std::vector<std::vector<Bits>> out(count, std::vector<Bits>(x.size()));
  std::vector<Bits*> places;
  for (auto& term : out) places.push_back(term.data());
  split(x.data(), x.size(), places);
  return out;
}

double sum(const std::vector<std::vector<Bits>>& terms, std::size_t i) {
  double out = 0;
  for (const auto& term : terms) out += value(term[i]);
  return out;
}

/// Of all signs and mantissas, and of all exponents for which a third term is a normal number.
std::vector<float> floats() {
  std::vector<float> out;
  for (std::uint64_t i = 0; i < 40000; ++i) {
    Stream random{5, 6, i};
    const auto exponent = static_cast<int>(i % 220) - 100;
    const float mantissa = 1.0F + random.uniform();
    out.push_back(std::ldexp(i % 2 == 0 ? mantissa : -mantissa, exponent));
  }
  return out;
}

TEST(Bf16Terms, AddUpToTheValueTheBetterTheMoreThereAre) {
  const auto x = floats();
  for (const auto& [count, error] :
       {std::pair{1U, 0x1p-8}, std::pair{2U, 0x1p-16}, std::pair{3U, 0.0}}) {
    const auto terms = terms_of(x, count);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto wanted = static_cast<double>(x[i]);
      ASSERT_LE(std::abs(sum(terms, i) - wanted), error * std::abs(wanted)) << x[i];
    }
  }
}

TEST(Bf16Terms, AreEachTheNearestToWhatIsLeft) {
  const auto x = floats();
  const auto terms = terms_of(x, 2);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // Two bfloat16 numbers are 2^-7 of the power of two below them apart.
    double left = static_cast<double>(x[i]);
    for (const auto& term : terms) {
      const double power = std::ldexp(1.0, std::ilogb(left == 0 ? 1.0 : left));
      ASSERT_LE(std::abs(left - value(term[i])), 0x1p-8 * power);
      left -= value(term[i]);
    }
  }
}

TEST(Bf16Terms, OfABf16AreItself) {
  std::vector<float> x;
  for (std::uint32_t bits = 0; bits < 0x10000U; ++bits)
    if ((bits & 0x7f80U) != 0x7f80U) x.push_back(std::bit_cast<float>(bits << 16));
  const auto terms = terms_of(x, 3);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint32_t>(x[i]) >> 16, terms[0][i]);
    ASSERT_EQ(value(terms[1][i]), 0.0);
    ASSERT_EQ(value(terms[2][i]), 0.0);
  }
}

TEST(Bf16Terms, TiesGoToEven) {
  const auto terms = terms_of({1.0F + 0x1p-8F, 1.0F + 3 * 0x1p-8F, -1.0F - 0x1p-8F}, 1);
  EXPECT_EQ(value(terms[0][0]), 1.0);
  EXPECT_EQ(value(terms[0][1]), 1.0 + 0x1p-6);
  EXPECT_EQ(value(terms[0][2]), -1.0);
}

TEST(Bf16Terms, KeepWhatIsNoNumber) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  const float narrow = std::bit_cast<float>(0x7f800001U);  // all of its mantissa is cut off
  const auto terms =
      terms_of({std::nanf(""), narrow, infinity, -infinity, std::numeric_limits<float>::max()}, 3);
  EXPECT_TRUE(std::isnan(value(terms[0][0])));
  EXPECT_TRUE(std::isnan(value(terms[0][1])));
  EXPECT_EQ(sum(terms, 2), static_cast<double>(infinity));
  EXPECT_EQ(sum(terms, 3), -static_cast<double>(infinity));
  EXPECT_EQ(sum(terms, 4), static_cast<double>(infinity));  // the largest bfloat16 is less
}

TEST(Bf16Terms, AreTheSameForAnyLengthOfARow) {
  const auto x = floats();
  const auto all = terms_of(x, 3);
  for (std::size_t length = 1; length < 70; ++length) {
    const auto some = terms_of({x.begin() + 13, x.begin() + 13 + static_cast<long>(length)}, 3);
    for (std::size_t t = 0; t < 3; ++t)
      EXPECT_TRUE(std::equal(some[t].begin(), some[t].end(), all[t].begin() + 13)) << length;
  }
}

/// What the products of terms side by side add up to, orders of terms as if they were numbers.
TEST(Bf16Terms, OfBothOperandsMeetAsThePrecisionSays) {
  const auto pairs = [](Precision precision) {
    const auto a = first_operand(precision), b = second_operand(precision);
    EXPECT_EQ(a.size(), b.size());
    std::vector<std::pair<int, int>> out;
    for (std::size_t i = 0; i < a.size(); ++i) out.emplace_back(a[i], b[i]);
    std::ranges::sort(out);
    return out;
  };
  using Pairs = std::vector<std::pair<int, int>>;
  EXPECT_EQ(pairs(Precision::bf16), (Pairs{{0, 0}}));
  EXPECT_EQ(pairs(Precision::bf16x2), (Pairs{{0, 0}, {1, 0}}));
  EXPECT_EQ(pairs(Precision::bf16x3), (Pairs{{0, 0}, {0, 1}, {1, 0}}));
  EXPECT_EQ(pairs(Precision::bf16x6), (Pairs{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {2, 0}}));
}

TEST(Bf16Terms, LieSideBySide) {
  std::vector<float> values(4 * 50);
  std::iota(values.begin(), values.end(), 1.0F);
  for (float& v : values) v = 1.0F + v * 0x1p-12F;
  const View view{values.data(), 4, 45, 50, nullptr};
  GrowingMemory memory;
  const auto order = first_operand(Precision::bf16x3);
  const auto wanted = terms_of(values, 2);
  const auto columns = lay(view, order, Along::columns, memory);
  ASSERT_EQ(columns.rows, 4U);
  ASSERT_EQ(columns.columns, 3 * 45U);
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t c = 0; c < 45; ++c)
        ASSERT_EQ(columns.data[r * columns.stride + i * 45 + c], wanted[order[i]][r * 50 + c]);
  const auto rows = lay(view, order, Along::rows, memory);
  ASSERT_EQ(rows.rows, 3 * 4U);
  ASSERT_EQ(rows.columns, 45U);
  for (std::size_t r = 0; r < 4; ++r)
    for (std::size_t i = 0; i < 3; ++i)
      for (std::size_t c = 0; c < 45; ++c)
        ASSERT_EQ(rows.data[(i * 4 + r) * rows.stride + c], wanted[order[i]][r * 50 + c]);
}

}  // namespace
}  // namespace steppe::compute::bf16
