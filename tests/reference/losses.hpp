// Losses: from logits and labels to one value a row, never reduced. A loss is a layer without
// weights whose labels stand still.
#pragma once

#include <cmath>

#include "activations.hpp"
#include "matrix.hpp"

namespace steppe::reference {

/// Binary cross-entropy with logits: softplus(z) - y z, with slope sigmoid(z) - y; written so that
/// nothing cancels where the label is 0 or 1.
struct CrossEntropy {
  Real labels;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    using std::abs, std::exp, std::log1p;
    Matrix<S> values = at.x[0];
    for (std::size_t r = 0; r < values.rows; ++r) {
      const S z = values(r, 0);
      const double y = labels(r, 0);
      values(r, 0) = (z > 0 ? (1 - y) * z : -y * z) + log1p(exp(-abs(z)));
    }
    return values;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    Matrix<S> dz = dy;
    for (std::size_t r = 0; r < dz.rows; ++r) {
      const S& z = at.x[0](r, 0);
      const double y = labels(r, 0);
      dz(r, 0) *= (1 - y) * sigmoid(z) - y * sigmoid(-z);
    }
    return {{dz}, {}};
  }
};

}  // namespace steppe::reference
