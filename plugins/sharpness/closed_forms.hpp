// Hessians of the binary cross-entropy that first derivatives give, with s = sigmoid(logit):
//
//   last layer, logit = w a + b:     H = E[s (1 - s) a a^T],  a = (its inputs, 1 for the bias)
//   piecewise linear network:        H_j = s_j (1 - s_j) g_j g_j^T,  g_j = d logit_j / d x_j
//
// The labels are in neither: the loss's second derivative in the logit has none, and the logit
// itself does not curve (but at kinks, where there is no Hessian).
#pragma once

#include <steppe/kernel.hpp>
#include <steppe/sharpness.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "curvature.hpp"
#include "symmetric_eigen.hpp"

namespace steppe {

/// s (1 - s)
inline double logistic_curvature(double logit) {
  const double e = std::exp(-std::abs(logit));
  return e / ((1 + e) * (1 + e));
}

/// Squares that are added in one sweep over the matrix.
inline constexpr std::size_t squares_at_once = 4;

/// y <- y + the sum of factors[k] v[k] v[k]^T, one after the other, on and below the diagonal. `v`:
/// vectors of `size`, one behind the other.
STEPPE_KERNEL inline void add_squares(const double* factors, const double* v, std::size_t size,
                                      double* y) {
  static_assert(squares_at_once == 4);
  const double *a = v, *b = a + size, *c = b + size, *d = c + size;
  for (std::size_t i = 0; i < size; ++i, y += size) {
    const double of_a = factors[0] * a[i], of_b = factors[1] * b[i], of_c = factors[2] * c[i],
                 of_d = factors[3] * d[i];
    STEPPE_INDEPENDENT
    for (std::size_t j = 0; j <= i; ++j)
      y[j] = (((y[j] + of_a * a[j]) + of_b * b[j]) + of_c * c[j]) + of_d * d[j];
  }
}

/// A sum of a v v^T, of which every few are added at once.
class SumOfSquares {
 public:
  explicit SumOfSquares(std::size_t size) : sum_{size}, waiting_(squares_at_once * size) {}

  /// The next v, to be filled in; it counts with the factor `a`.
  double* add(double a) {
    if (count_ == squares_at_once) flush();
    factors_[count_] = a;
    return waiting_.data() + count_++ * sum_.size;
  }

  /// All that were added, over a total weight. Above the diagonal is what is below.
  SquareMatrix mean(double total) {
    std::fill(factors_.begin() + static_cast<std::ptrdiff_t>(count_), factors_.end(), 0.0);
    flush();
    for (std::size_t i = 0; i < sum_.size; ++i)
      for (std::size_t j = 0; j <= i; ++j) sum_(j, i) = sum_(i, j) /= total;
    return std::move(sum_);
  }

 private:
  void flush() {
    add_squares(factors_.data(), waiting_.data(), sum_.size, sum_.values.data());
    count_ = 0;
  }

  SquareMatrix sum_;
  Vector waiting_;
  std::array<double, squares_at_once> factors_{};
  std::size_t count_ = 0;
};

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
  SumOfSquares sum{entries.size()};
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
      const double weight{event_weights.row(r)[0]};
      double* a = sum.add(weight * logistic_curvature(double{logit}));
      a = std::copy(row.begin(), row.end(), a);
      if (place.bias_moves) *a = 1;
      total += weight;
    }
  }
  return sum.mean(total);
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
  SumOfSquares sum{entries.size()};
  for (std::size_t r = 0; r < slopes.rows(); ++r) {
    const auto row = slopes.row(r);
    double* g = sum.add(factor * logistic_curvature(double{values.row(r)[0]}));
    for (std::size_t i = 0; i < entries.size(); ++i) g[i] = double{row[entries[i]]};
  }
  return sum.mean(static_cast<double>(slopes.rows()));
}

}  // namespace steppe
