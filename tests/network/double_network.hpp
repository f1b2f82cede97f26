// A network once more, in double and without a line of the framework's arithmetic: what tests
// compare with. In numbers that carry derivatives it gives those too.
#pragma once

#include "framework/network/network.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "activation_reference.hpp"
#include "device_fixture.hpp"

namespace steppe::network {

using compute::Activation;
using compute::MatrixOf;
using compute::Reference;

/// Weights and buffers as one matrix a segment.
using Segments = std::vector<Reference>;

inline double whole(const GraphNode& node, std::string_view name) {
  for (const Attribute& given : node.attributes)
    if (given.name == name) return std::get<double>(given.value);
  return 0.0;
}

/// An activation by its name.
template <class Scalar>
Scalar activated(const GraphNode& node, const Scalar& x) {
  const auto found = std::ranges::find(compute::activations, node.op,
                                       &std::pair<std::string_view, Activation>::first);
  return compute::activated(found->second, whole(node, "slope") + whole(node, "alpha"), x);
}

/// The logits of a graph. BatchNorm uses the batch's own statistics unless `inference`.
template <class Scalar>
class NetworkIn {
 public:
  using Matrix = MatrixOf<Scalar>;

  NetworkIn(const Graph& graph, const std::vector<Matrix>& weights, const Segments& buffers,
            bool inference)
      : graph_{graph}, weights_{weights}, buffers_{buffers}, inference_{inference} {}

  Matrix logits(const Matrix& inputs) {
    std::vector<Matrix> values{inputs};
    weight_ = buffer_ = 0;
    for (std::size_t i = 1; i < graph_.nodes().size(); ++i)
      values.push_back(apply(graph_.nodes()[i], values));
    return values[graph_.output()];
  }

  /// sum_r c[r] logit[r] with fixed coefficients: a scalar that depends on every logit.
  Scalar objective(const Matrix& inputs) {
    const Matrix z = logits(inputs);
    Scalar sum = 0;
    for (std::size_t r = 0; r < z.rows; ++r) sum += coefficient(r) * z(r, 0);
    return sum;
  }
  static double coefficient(std::size_t row) { return row % 3 == 0 ? -0.75 : 0.5; }

  /// sum_r c[r] l[r], where l is the binary cross-entropy with label r % 2.
  Scalar loss(const Matrix& inputs) {
    using std::exp, std::log1p;
    const Matrix z = logits(inputs);
    Scalar sum = 0;
    for (std::size_t r = 0; r < z.rows; ++r)
      sum += coefficient(r) * (log1p(exp(z(r, 0))) - label(r) * z(r, 0));
    return sum;
  }
  static double label(std::size_t row) { return static_cast<double>(row % 2); }

 private:
  Matrix apply(const GraphNode& node, const std::vector<Matrix>& values) {
    const Matrix& x = values[node.inputs[0]];
    if (node.op == "dense") return dense(x);
    if (node.op == "batch_norm") return batch_norm(x);
    if (node.op == "layer_norm") return layer_norm(x);
    Matrix y = x;
    const bool standardise = node.op == "standardise";
    const std::size_t mean = standardise ? buffer_++ : 0, factor = standardise ? buffer_++ : 0;
    for (std::size_t r = 0; r < x.rows; ++r)
      for (std::size_t c = 0; c < x.columns; ++c)
        y(r, c) = standardise        ? (x(r, c) - buffers_[mean](0, c)) * buffers_[factor](0, c)
                  : node.op == "add" ? x(r, c) + values[node.inputs[1]](r, c)
                                     : activated(node, x(r, c));
    return y;
  }

  Matrix dense(const Matrix& x) {
    const Matrix& w = weights_[weight_++];
    const Matrix& b = weights_[weight_++];
    Matrix y{x.rows, w.columns};
    for (std::size_t r = 0; r < x.rows; ++r) {
      for (std::size_t u = 0; u < w.columns; ++u) {
        y(r, u) = b(0, u);
        for (std::size_t i = 0; i < x.columns; ++i) y(r, u) += x(r, i) * w(i, u);
      }
    }
    return y;
  }

  Matrix batch_norm(const Matrix& x) {
    using std::sqrt;
    const Matrix& gamma = weights_[weight_++];
    const Matrix& beta = weights_[weight_++];
    const Reference& running_mean = buffers_[buffer_++];
    const Reference& running_variance = buffers_[buffer_++];
    const auto rows = static_cast<double>(x.rows);
    Matrix y = x;
    for (std::size_t c = 0; c < x.columns; ++c) {
      Scalar mean = 0, variance = 0;
      for (std::size_t r = 0; r < x.rows; ++r) mean += x(r, c) / rows;
      for (std::size_t r = 0; r < x.rows; ++r)
        variance += (x(r, c) - mean) * (x(r, c) - mean) / rows;
      if (inference_) {
        mean = running_mean(0, c);
        variance = running_variance(0, c);
      }
      const Scalar factor = gamma(0, c) / sqrt(variance + 1e-5);
      for (std::size_t r = 0; r < x.rows; ++r) y(r, c) = factor * (x(r, c) - mean) + beta(0, c);
    }
    return y;
  }

  Matrix layer_norm(const Matrix& x) {
    using std::sqrt;
    const Matrix& gamma = weights_[weight_++];
    const Matrix& beta = weights_[weight_++];
    const auto columns = static_cast<double>(x.columns);
    Matrix y = x;
    for (std::size_t r = 0; r < x.rows; ++r) {
      Scalar mean = 0, variance = 0;
      for (std::size_t c = 0; c < x.columns; ++c) mean += x(r, c) / columns;
      for (std::size_t c = 0; c < x.columns; ++c)
        variance += (x(r, c) - mean) * (x(r, c) - mean) / columns;
      const Scalar inverse = 1.0 / sqrt(variance + 1e-5);
      for (std::size_t c = 0; c < x.columns; ++c)
        y(r, c) = gamma(0, c) * (inverse * (x(r, c) - mean)) + beta(0, c);
    }
    return y;
  }

  const Graph& graph_;
  const std::vector<Matrix>& weights_;
  const Segments& buffers_;
  bool inference_;
  std::size_t weight_ = 0, buffer_ = 0;
};

using DoubleNetwork = NetworkIn<double>;

}  // namespace steppe::network
