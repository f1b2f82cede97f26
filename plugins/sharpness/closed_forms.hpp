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

#include "curvature.hpp"
#include "symmetric_eigen.hpp"

namespace steppe {

/// s (1 - s)
inline double logistic_curvature(double logit) {
  const double e = std::exp(-std::abs(logit));
  return e / ((1 + e) * (1 + e));
}

/// y <- y + a v v^T, on and below the diagonal
inline void add_square(double a, const Vector& v, SquareMatrix& y) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    const double factor = a * v[i];
    double* row = y.values.data() + i * y.size;
    for (std::size_t j = 0; j <= i; ++j) row[j] += factor * v[j];
  }
}

/// A sum of such squares over a total weight: above the diagonal is what is below.
inline void make_mean(SquareMatrix& sum, double total) {
  for (std::size_t i = 0; i < sum.size; ++i)
    for (std::size_t j = 0; j <= i; ++j) sum(j, i) = sum(i, j) /= total;
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
  Vector a;
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
      a.assign(row.begin(), row.end());
      if (place.bias_moves) a.push_back(1);
      const double weight{event_weights.row(r)[0]};
      add_square(weight * logistic_curvature(double{logit}), a, out);
      total += weight;
    }
  }
  make_mean(out, total);
  return out;
}

/// Of the mean of the piece's events, times `factor`.
inline SquareMatrix piecewise_linear_hessian(const Landscape& landscape, const Piece& piece,
                                             const std::vector<std::size_t>& entries, double factor,
                                             Workspace& work) {
  if (!landscape.piecewise_linear())
    throw Error{
        "the closed form in the space of inputs is of networks that are piecewise linear, such as "
        "with activation = \"relu\", with running statistics; choose another 'method'"};
  const auto& at = piece.point.values();
  const auto logits = piece.values();
  work.fit(piece);
  piece.objective.evaluate(at, logits, work.first, STEPPE_LOGIT);
  const auto slopes = work.first.host(), values = logits.host();
  SquareMatrix out{entries.size()};
  Vector g(entries.size());
  for (std::size_t r = 0; r < slopes.rows(); ++r) {
    const auto row = slopes.row(r);
    for (std::size_t i = 0; i < g.size(); ++i) g[i] = double{row[entries[i]]};
    add_square(factor * logistic_curvature(double{values.row(r)[0]}), g, out);
  }
  make_mean(out, static_cast<double>(slopes.rows()));
  return out;
}

}  // namespace steppe
