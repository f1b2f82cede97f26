// All four passes of a reference at once.
#pragma once

#include "matrix.hpp"

namespace steppe::reference {

/// What forward and backward give, and how both move.
struct Passes {
  Real y, y_tangent;
  Operands<double> gradient, gradient_tangent;
};

template <class Layer>
Passes passes_of(const Layer& layer, const Operands<double>& at, const Operands<double>& direction,
                 const Real& dy, const Real& dy_tangent) {
  const Operands<Dual<double>> both = moving(at, direction);
  const Moving y = layer.forward(both);
  const Operands<Dual<double>> gradient = layer.backward(both, moving(dy, dy_tangent));
  Passes passes{value_of(y), tangent_of(y), {}, {}};
  const auto split = [](const std::vector<Moving>& from, std::vector<Real>& values,
                        std::vector<Real>& tangents) {
    for (const Moving& matrix : from) {
      values.push_back(value_of(matrix));
      tangents.push_back(tangent_of(matrix));
    }
  };
  split(gradient.x, passes.gradient.x, passes.gradient_tangent.x);
  split(gradient.weights, passes.gradient.weights, passes.gradient_tangent.weights);
  return passes;
}

/// One layer behind another that has no weights: a network and its loss.
template <class First, class Second>
struct Chain {
  const First& first;
  const Second& second;

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    return second.forward(Operands<S>{{first.forward(at)}, {}});
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    return first.backward(at, second.backward(Operands<S>{{first.forward(at)}, {}}, dy).x[0]);
  }
};
template <class First, class Second>
Chain(const First&, const Second&) -> Chain<First, Second>;  // Clang 14 does not find it itself

}  // namespace steppe::reference
