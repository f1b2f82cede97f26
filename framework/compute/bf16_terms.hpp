// Matrices of bfloat16 terms (precision.hpp), laid out so that one product of matrices is the sum
// of several.
//
// With [a1 a0 a0] side by side along the dimension that is summed over, and [b0 b1 b0] in the other
// operand, a product with three times that dimension is a1 b0 + a0 b1 + a0 b0: one primitive, whose
// sums never leave its registers. The smallest products come first, where a sum is smallest.
#pragma once

#include "framework/compute/growing_memory.hpp"
#include "framework/compute/precision.hpp"
#include "framework/compute/tensor.hpp"

#include <cstdint>
#include <span>

namespace steppe::compute::bf16 {

/// The upper half of a float's bits.
using Bits = std::uint16_t;

/// Its rows are `stride` entries apart.
struct Matrix {
  Bits* data = nullptr;
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::size_t stride = 0;
};

/// Writes the first terms.size() terms, one to three, of `count` values: x = terms[0][i] +
/// terms[1][i] + ... . Ties go to even; NaN stays NaN. Infinity, and what is beyond the largest
/// bfloat16, become infinite in the first term and 0 in the others.
void split(const float* x, std::size_t count, std::span<Bits* const> terms);

/// In which direction terms lie side by side: that of the sum.
enum class Along { rows, columns };

/// Which terms of an operand lie side by side, in this order.
using Order = std::span<const std::uint8_t>;
Order first_operand(Precision precision);
Order second_operand(Precision precision);

/// The terms of a matrix, valid until `memory` is used again.
Matrix lay(const View& from, Order order, Along along, GrowingMemory& memory);

}  // namespace steppe::compute::bf16
