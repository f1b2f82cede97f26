// Losses: from logits and labels to one value a row, never reduced. A loss is a layer without
// weights whose labels stand still.
#pragma once

#include <cmath>

#include "activations.hpp"
#include "matrix.hpp"

namespace steppe::reference {

/// Binary cross-entropy with logits: softplus(z) - y z, with slope sigmoid(z) - y; written so that
/// nothing cancels where the label is 0 or 1.
struct BinaryCrossEntropy {
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

/// Of several classes: log(sum_c exp(z_c)) - z_y, with slopes softmax(z)_c - (c == y).
struct CrossEntropy {
  Real labels;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    using std::exp, std::log1p;
    const Matrix<S>& z = at.x[0];
    Matrix<S> values{z.rows, 1};
    for (std::size_t r = 0; r < z.rows; ++r) {
      const std::size_t top = largest(z, r);
      S others{};
      for (std::size_t c = 0; c < z.columns; ++c)
        if (c != top) others += exp(z(r, c) - z(r, top));
      values(r, 0) = (z(r, top) - z(r, own(r))) + log1p(others);
    }
    return values;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    using std::exp;
    Matrix<S> dz = at.x[0];
    for (std::size_t r = 0; r < dz.rows; ++r) {
      const S top = dz(r, largest(dz, r));
      S sum{}, wrong{};
      for (std::size_t c = 0; c < dz.columns; ++c) {
        dz(r, c) = exp(dz(r, c) - top);
        sum += dz(r, c);
        if (c != own(r)) wrong += dz(r, c);
      }
      dz(r, own(r)) = -wrong;  // p - 1, without cancelling
      for (std::size_t c = 0; c < dz.columns; ++c) dz(r, c) = dy(r, 0) * dz(r, c) / sum;
    }
    return {{dz}, {}};
  }

 private:
  std::size_t own(std::size_t r) const { return static_cast<std::size_t>(labels(r, 0)); }
  template <class S>
  static std::size_t largest(const Matrix<S>& z, std::size_t r) {
    std::size_t top = 0;
    for (std::size_t c = 1; c < z.columns; ++c)
      if (z(r, c) > z(r, top)) top = c;
    return top;
  }
};

/// (z - t)^2, with slope 2 (z - t)
struct SquaredError {
  Real targets;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> values = at.x[0];
    for (std::size_t r = 0; r < values.rows; ++r) {
      const S away = values(r, 0) - targets(r, 0);
      values(r, 0) = away * away;
    }
    return values;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    Matrix<S> dz = dy;
    for (std::size_t r = 0; r < dz.rows; ++r) dz(r, 0) *= 2.0 * (at.x[0](r, 0) - targets(r, 0));
    return {{dz}, {}};
  }
};

/// With d = z - t: d^2 / 2 where |d| < delta, delta (|d| - delta / 2) elsewhere; slope d, at most
/// delta away from 0.
struct Huber {
  Real targets;
  double delta = 1;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    using std::abs;
    Matrix<S> values = at.x[0];
    for (std::size_t r = 0; r < values.rows; ++r) {
      const S away = abs(values(r, 0) - targets(r, 0));
      values(r, 0) = away < S{delta} ? 0.5 * away * away : delta * (away - 0.5 * delta);
    }
    return values;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    Matrix<S> dz = dy;
    for (std::size_t r = 0; r < dz.rows; ++r) {
      const S away = at.x[0](r, 0) - targets(r, 0);
      if (away > S{delta})
        dz(r, 0) *= delta;
      else if (away < S{-delta})
        dz(r, 0) *= -delta;
      else
        dz(r, 0) *= away;
    }
    return {{dz}, {}};
  }
};

}  // namespace steppe::reference
