// Layers as loops: forward, and backward written out by hand. On dual numbers both give their
// tangents too, so each layer here is a reference for all four passes of a network.
//
// A layer is a struct with `forward(at)` and `backward(at, dy)`, templates on the scalar; backward
// gives the gradient of sum(dy * forward(at)) in every operand.
#pragma once

#include "activations.hpp"
#include "matrix.hpp"

namespace steppe::reference {

using compute::Transpose;

/// a b, where `a` and `b` are read as asked, on top of `start`.
template <class S>
Matrix<S> product(const Matrix<S>& a, const Matrix<S>& b, const Matrix<S>& start,
                  Transpose transpose) {
  Matrix<S> c = start;
  const std::size_t inner = transpose == Transpose::first ? a.rows : a.columns;
  for (std::size_t r = 0; r < c.rows; ++r)
    for (std::size_t n = 0; n < c.columns; ++n)
      for (std::size_t k = 0; k < inner; ++k)
        c(r, n) += (transpose == Transpose::first ? a(k, r) : a(r, k)) *
                   (transpose == Transpose::second ? b(n, k) : b(k, n));
  return c;
}

template <class S>
Matrix<S> column_sums(const Matrix<S>& x) {
  Matrix<S> sums{1, x.columns};
  for (std::size_t r = 0; r < x.rows; ++r)
    for (std::size_t c = 0; c < x.columns; ++c) sums(0, c) += x(r, c);
  return sums;
}

/// y = x W + b. Weights: W (inputs x units), and b where there is one.
struct Dense {
  std::size_t segments = 2;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    const Matrix<S>&x = at.x[0], &w = at.weights[0];
    Matrix<S> y{x.rows, w.columns};
    for (std::size_t r = 0; segments > 1 && r < y.rows; ++r)
      for (std::size_t c = 0; c < y.columns; ++c) y(r, c) = at.weights[1](0, c);
    return product(x, w, y, Transpose::none);
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    const Matrix<S>&x = at.x[0], &w = at.weights[0];
    Operands<S> gradient{{product(dy, w, {x.rows, x.columns}, Transpose::second)},
                         {product(x, dy, {w.rows, w.columns}, Transpose::first)}};
    if (segments > 1) gradient.weights.push_back(column_sums(dy));
    return gradient;
  }
};

/// y = a + b
struct Sum {
  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> y = at.x[0];
    for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] += at.x[1].values[i];
    return y;
  }
  template <class S>
  Operands<S> backward(const Operands<S>&, const Matrix<S>& dy) const {
    return {{dy, dy}, {}};
  }
};

/// y = (x - mean) factor, with a fit that stands still
struct Standardised {
  Real mean, factor;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> y = at.x[0];
    for (std::size_t r = 0; r < y.rows; ++r)
      for (std::size_t c = 0; c < y.columns; ++c) y(r, c) = (y(r, c) - mean(0, c)) * factor(0, c);
    return y;
  }
  template <class S>
  Operands<S> backward(const Operands<S>&, const Matrix<S>& dy) const {
    Matrix<S> dx = dy;
    for (std::size_t r = 0; r < dx.rows; ++r)
      for (std::size_t c = 0; c < dx.columns; ++c) dx(r, c) *= factor(0, c);
    return {{dx}, {}};
  }
};

/// y = x mask: dropout with the mask of one pass, or empty slots left out.
struct Masked {
  Real mask;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> y = at.x[0];
    for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] *= mask.values[i];
    return y;
  }
  template <class S>
  Operands<S> backward(const Operands<S>&, const Matrix<S>& dy) const {
    return {{forward(Operands<S>{{dy}, {}})}, {}};
  }
};

}  // namespace steppe::reference
