// Hessians of the binary cross-entropy that first derivatives give, with s = sigmoid(logit):
//
//   last layer, logit = w a + b:     H = E[s (1 - s) a a^T],  a = (its inputs, 1 for the bias)
//   piecewise linear network:        H_j = s_j (1 - s_j) g_j g_j^T,  g_j = d logit_j / d x_j
//
// The labels are in neither: the loss's second derivative in the logit has none, and the logit
// itself does not curve (but at kinks, where there is no Hessian).
#pragma once

#include <steppe/sharpness.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "symmetric_eigen.hpp"

namespace steppe {

/// s (1 - s)
inline double logistic_curvature(double logit) {
  const double e = std::exp(-std::abs(logit));
  return e / ((1 + e) * (1 + e));
}

/// y <- y + a v v^T
inline void add_square(double a, const Vector& v, SquareMatrix& y) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double factor = a * v[i];
    for (std::size_t j = 0; j < v.size(); ++j) y(i, j) += factor * v[j];
  }
}

/// Where the weight and the bias of the last layer lie among flat weights.
struct LastLayerPlace {
  steppe_segment weight{};
  const steppe_segment* bias = nullptr;  ///< null where it has none
  bool bias_moves = false;
};

/// The layer whose weight, and perhaps bias, are the entries. @throws Error when there is none.
inline LastLayerPlace last_layer_place(const Piece& piece,
                                       const std::vector<std::size_t>& entries) {
  const auto segments = piece.point.values().segments();
  for (const auto& one : segments) {
    const std::string_view name{one.name};
    if (one.offset != entries.front() || !name.ends_with(".weight") || one.columns != 1) continue;
    LastLayerPlace out{one};
    const auto bias = std::string{name.substr(0, name.size() - 6)} + "bias";
    for (const auto& other : segments)
      if (bias == other.name) out.bias = &other;
    out.bias_moves = out.bias && entries.back() == out.bias->offset;
    if (entries.size() == one.rows + (out.bias_moves ? 1 : 0)) return out;
  }
  throw Error{
      "the closed form in the space of weights is of the last layer alone; name it in 'move', as "
      "in "
      "[\"dense_3.weight\"], or with its bias, or choose another 'method'"};
}

inline std::vector<float> first_row(const Tensor& tensor) {
  const auto view = tensor.host();
  return {view.row(0).begin(), view.row(0).end()};
}

/// Whether the layer at this place of the weights gives these logits.
inline bool gives_logits(const LastLayerPlace& place, const std::vector<float>& weights,
                         std::span<const float> inputs, float logit) {
  if (inputs.size() != place.weight.rows) return false;
  double sum = place.bias ? double{weights[place.bias->offset]} : 0.0;
  double size = std::abs(sum);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double part = double{weights[place.weight.offset + i]} * double{inputs[i]};
    sum += part;
    size += std::abs(part);
  }
  return std::abs(sum - double{logit}) <= 1e-4 * size;
}

/// Of the weighted mean of the piece's events.
inline SquareMatrix last_layer_hessian(Landscape& landscape, const Piece& piece,
                                       const std::vector<std::size_t>& entries) {
  const auto place = last_layer_place(piece, entries);
  const auto weights = first_row(piece.point.values());
  SquareMatrix out{entries.size()};
  double total = 0;
  while (const auto batch = landscape.last_layer()) {
    const auto inputs = batch->inputs.host(), logits = batch->logits.host(),
               event_weights = batch->event_weights.host();
    for (std::size_t r = 0; r < inputs.rows(); ++r) {
      const auto row = inputs.row(r);
      const float logit = logits.row(r)[0];
      if (!gives_logits(place, weights, row, logit))
        throw Error{"the closed form in the space of weights is of the last layer, and '" +
                    std::string{place.weight.name} + "' is of another one"};
      Vector a(row.begin(), row.end());
      if (place.bias_moves) a.push_back(1);
      const double weight{event_weights.row(r)[0]};
      add_square(weight * logistic_curvature(double{logit}), a, out);
      total += weight;
    }
  }
  for (double& x : out.values) x /= total;
  return out;
}

/// Of the mean of the piece's events, times `factor`.
inline SquareMatrix piecewise_linear_hessian(const Landscape& landscape, const Piece& piece,
                                             const std::vector<std::size_t>& entries,
                                             double factor) {
  if (!landscape.piecewise_linear())
    throw Error{
        "the closed form in the space of inputs is of networks that are piecewise linear, such as "
        "with activation = \"relu\", with running statistics; choose another 'method'"};
  const auto& at = piece.point.values();
  const auto logits = piece.values();
  const auto gradient = at.like();
  piece.objective.evaluate(at, logits, gradient, STEPPE_LOGIT);
  const auto slopes = gradient.host(), values = logits.host();
  SquareMatrix out{entries.size()};
  Vector g(entries.size());
  for (std::size_t r = 0; r < slopes.rows(); ++r) {
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = double{slopes.row(r)[entries[i]]};
    add_square(factor * logistic_curvature(double{values.row(r)[0]}), g, out);
  }
  for (double& x : out.values) x /= static_cast<double>(slopes.rows());
  return out;
}

}  // namespace steppe
