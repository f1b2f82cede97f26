#include "framework/compute/bf16_terms.hpp"

#include "framework/compute/kernel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace steppe::compute::bf16 {

namespace {

/// Of `lay`: one shape a precision, the smallest products first.
constexpr std::array<std::uint8_t, 6> a6{2, 1, 0, 1, 0, 0}, b6{0, 1, 2, 0, 1, 0};
constexpr std::array<std::uint8_t, 3> a3{1, 0, 0}, b3{0, 1, 0};
constexpr std::array<std::uint8_t, 2> a2{1, 0}, b2{0, 0};
constexpr std::array<std::uint8_t, 1> one{0};

/// To nearest, ties to even, as oneDNN and PyTorch round.
[[gnu::always_inline]] inline Bits rounded(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t nearest = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const std::uint32_t nan = (bits >> 16) | 0x40U;  // quiet, whatever its lower bits are
  return static_cast<Bits>(x == x ? nearest : nan);
}

[[gnu::always_inline]] inline float value(Bits bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// What a term leaves of x.
[[gnu::always_inline]] inline float rest(float x, Bits term) {
  const float of_term = value(term);
  return std::abs(of_term) <= std::numeric_limits<float>::max() ? x - of_term : 0.0F;
}

STEPPE_KERNEL void split_in_one(const float* x, std::size_t count, Bits* first) {
  STEPPE_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) first[i] = rounded(x[i]);
}

STEPPE_KERNEL void split_in_two(const float* x, std::size_t count, Bits* first, Bits* second) {
  STEPPE_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) {
    const Bits term = rounded(x[i]);
    first[i] = term;
    second[i] = rounded(rest(x[i], term));
  }
}

STEPPE_KERNEL void split_in_three(const float* x, std::size_t count, Bits* first, Bits* second,
                                  Bits* third) {
  STEPPE_INDEPENDENT
  for (std::size_t i = 0; i < count; ++i) {
    const Bits term = rounded(x[i]);
    const float left = rest(x[i], term);
    const Bits next = rounded(left);
    first[i] = term;
    second[i] = next;
    third[i] = rounded(rest(left, next));
  }
}

/// Terms of one row, side by side: `step` entries from one to the next.
void lay_row(const float* from, std::size_t count, Order order, Bits* to, std::size_t step) {
  std::array<Bits*, 3> places{};
  std::size_t terms = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    Bits*& place = places[order[i]];
    if (place) continue;
    place = to + i * step;
    ++terms;
  }
  split(from, count, std::span{places}.first(terms));
  for (std::size_t i = 0; i < order.size(); ++i)
    if (to + i * step != places[order[i]]) std::copy_n(places[order[i]], count, to + i * step);
}

}  // namespace

void split(const float* x, std::size_t count, std::span<Bits* const> terms) {
  if (terms.size() == 1) return split_in_one(x, count, terms[0]);
  if (terms.size() == 2) return split_in_two(x, count, terms[0], terms[1]);
  split_in_three(x, count, terms[0], terms[1], terms[2]);
}

Order first_operand(Precision precision) {
  if (precision == Precision::bf16x6) return a6;
  if (precision == Precision::bf16x3) return a3;
  if (precision == Precision::bf16x2) return a2;
  return one;
}

Order second_operand(Precision precision) {
  if (precision == Precision::bf16x6) return b6;
  if (precision == Precision::bf16x3) return b3;
  if (precision == Precision::bf16x2) return b2;
  return one;
}

Matrix lay(const View& from, Order order, Along along, GrowingMemory& memory) {
  const bool beside = along == Along::columns;
  const std::size_t rows = beside ? from.rows : order.size() * from.rows;
  const std::size_t columns = beside ? order.size() * from.columns : from.columns;
  // Whole cache lines a row, where a row is more than one of them.
  const std::size_t stride = columns > 32 ? (columns + 31) / 32 * 32 : columns;
  auto* const data = static_cast<Bits*>(memory.at_least(rows * stride * sizeof(Bits)));
  const std::size_t step = beside ? from.columns : from.rows * stride;
  for (std::size_t r = 0; r < from.rows; ++r)
    lay_row(from.row(r), from.columns, order, data + r * stride, step);
  return {data, rows, columns, stride};
}

}  // namespace steppe::compute::bf16
