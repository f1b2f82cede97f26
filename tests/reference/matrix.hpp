// Matrices in ordinary memory, of plain or of dual numbers: what references compute with.
#pragma once

#include <steppe/dual.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace steppe::reference {

template <class S>
struct Matrix {
  std::size_t rows = 0, columns = 0;
  std::vector<S> values;

  Matrix() = default;
  Matrix(std::size_t r, std::size_t c) : rows{r}, columns{c}, values(r * c) {}
  S& operator()(std::size_t r, std::size_t c) { return values[r * columns + c]; }
  const S& operator()(std::size_t r, std::size_t c) const { return values[r * columns + c]; }
};

using Real = Matrix<double>;
using Moving = Matrix<Dual<double>>;

/// `value`, moving along `tangent`; an empty tangent: it stands still.
inline Moving moving(const Real& value, const Real& tangent) {
  Moving both{value.rows, value.columns};
  for (std::size_t i = 0; i < both.values.size(); ++i)
    both.values[i] = {value.values[i], tangent.values.empty() ? 0.0 : tangent.values[i]};
  return both;
}

inline Real part_of(const Moving& both, double Dual<double>::*part) {
  Real values{both.rows, both.columns};
  for (std::size_t i = 0; i < values.values.size(); ++i) values.values[i] = both.values[i].*part;
  return values;
}
inline Real value_of(const Moving& both) { return part_of(both, &Dual<double>::value); }
inline Real tangent_of(const Moving& both) { return part_of(both, &Dual<double>::tangent); }

/// What a layer reads; its gradient has the same shapes.
template <class S>
struct Operands {
  std::vector<Matrix<S>> x;        ///< one an input
  std::vector<Matrix<S>> weights;  ///< one a segment of a network's weights
};

inline Operands<Dual<double>> moving(const Operands<double>& at,
                                     const Operands<double>& direction) {
  Operands<Dual<double>> both;
  for (std::size_t i = 0; i < at.x.size(); ++i)
    both.x.push_back(moving(at.x[i], direction.x.empty() ? Real{} : direction.x[i]));
  for (std::size_t i = 0; i < at.weights.size(); ++i)
    both.weights.push_back(
        moving(at.weights[i], direction.weights.empty() ? Real{} : direction.weights[i]));
  return both;
}

}  // namespace steppe::reference
