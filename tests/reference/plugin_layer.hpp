// A plugin's layer in the arithmetic of references: its own functions, in double and in dual
// numbers of doubles.
#pragma once

#include "framework/plugin/layer_calls.hpp"

#include "matrix.hpp"

namespace steppe::reference {

struct FromPlugin {
  FromPlugin(const plugin::StageInfo& info, const std::vector<std::size_t>& widths)
      : calls{std::make_shared<const plugin::LayerCalls>(
            std::make_shared<const plugin::StageInfo>(info), plugin::default_settings(info),
            widths)},
        segments{calls->weights() > 0 ? 1U : 0U} {}

  template <class S>
  Matrix<S> forward(const Operands<S>& at) const {
    Matrix<S> y{at.x[0].rows, calls->columns()};
    y.values = calls->forward(y.rows, values(at.x), weights(at));
    return y;
  }
  template <class S>
  Operands<S> backward(const Operands<S>& at, const Matrix<S>& dy) const {
    const auto gradient = calls->backward(dy.rows, values(at.x), weights(at), dy.values,
                                          {std::vector<bool>(at.x.size(), true), segments > 0});
    Operands<S> out = at;
    for (std::size_t j = 0; j < out.x.size(); ++j) out.x[j].values = gradient.x[j];
    if (segments > 0) out.weights[0].values = gradient.weights;
    return out;
  }

  std::shared_ptr<const plugin::LayerCalls> calls;
  std::size_t segments;

 private:
  template <class S>
  static std::vector<std::vector<S>> values(const std::vector<Matrix<S>>& x) {
    std::vector<std::vector<S>> out;
    for (const Matrix<S>& matrix : x) out.push_back(matrix.values);
    return out;
  }
  template <class S>
  std::vector<S> weights(const Operands<S>& at) const {
    return segments > 0 ? at.weights[0].values : std::vector<S>{};
  }
};

}  // namespace steppe::reference
