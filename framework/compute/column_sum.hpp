// Sums down the columns of rows: a block of columns at a time, whose sums stay in registers while
// the rows go by. Every sum gets its terms in the order of the rows, so its bits are those of a
// plain loop over rows; only the traffic between registers and cache is less.
#pragma once

#include "framework/compute/kernel.hpp"

#include <array>
#include <cstddef>

namespace steppe::compute {

/// sums[k * n + c] += term(r, c)[k] for r < rows, c < n, k < kinds. Inlined wherever it is called,
/// for the caller's instruction set.
template <std::size_t kinds, class Term>
STEPPE_PART_OF_KERNEL inline void add_columns(std::size_t rows, std::size_t n, double* sums,
                                              const Term& term) {
  constexpr std::size_t block = 32;
  std::size_t c = 0;
  for (; c + block <= n; c += block) {
    double kept[kinds][block];
    for (std::size_t k = 0; k < kinds; ++k)
      for (std::size_t j = 0; j < block; ++j) kept[k][j] = sums[k * n + c + j];
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t j = 0; j < block; ++j) {
        const std::array<double, kinds> terms = term(r, c + j);
        for (std::size_t k = 0; k < kinds; ++k) kept[k][j] += terms[k];
      }
    }
    for (std::size_t k = 0; k < kinds; ++k)
      for (std::size_t j = 0; j < block; ++j) sums[k * n + c + j] = kept[k][j];
  }
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t i = c; i < n; ++i) {
      const std::array<double, kinds> terms = term(r, i);
      for (std::size_t k = 0; k < kinds; ++k) sums[k * n + i] += terms[k];
    }
  }
}

}  // namespace steppe::compute
