// Sums along a row in an order that does not depend on the width of vector registers: sixteen
// partial sums in double, lane i taking the terms i, i + 16, ...; then a fixed tree.
#pragma once

#include <cstddef>

namespace steppe::compute {

/// The sum of `term(i)` for i < n. Inlined wherever it is called, for the caller's instruction set.
template <class Term>
[[gnu::always_inline]] inline double lane_sum(std::size_t n, const Term& term) {
  constexpr std::size_t lanes = 16;
  double sums[lanes] = {};
  const std::size_t whole = n / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes)
    for (std::size_t j = 0; j < lanes; ++j) sums[j] += term(i + j);
  for (std::size_t i = whole; i < n; ++i) sums[i - whole] += term(i);
  for (std::size_t step = 1; step < lanes; step *= 2)
    for (std::size_t j = 0; j < lanes; j += 2 * step) sums[j] += sums[j + step];
  return sums[0];
}

}  // namespace steppe::compute
