// A network once more, in double and without a line of the framework's arithmetic: what tests
// compare with.
#pragma once

#include "framework/network/network.hpp"

#include <cmath>
#include <vector>

#include "device_fixture.hpp"

namespace steppe::network {

using compute::Reference;

/// Weights and buffers as one matrix a segment.
using Segments = std::vector<Reference>;

inline double whole(const GraphNode& node, std::string_view name) {
  for (const Attribute& given : node.attributes)
    if (given.name == name) return std::get<double>(given.value);
  return 0.0;
}

/// The logits of a graph. BatchNorm uses the batch's own statistics unless `inference`.
class DoubleNetwork {
 public:
  DoubleNetwork(const Graph& graph, const Segments& weights, const Segments& buffers,
                bool inference)
      : graph_{graph}, weights_{weights}, buffers_{buffers}, inference_{inference} {}

  Reference logits(const Reference& inputs) {
    std::vector<Reference> values{inputs};
    weight_ = buffer_ = 0;
    for (std::size_t i = 1; i < graph_.nodes().size(); ++i)
      values.push_back(apply(graph_.nodes()[i], values));
    return values[graph_.output()];
  }

  /// sum_r c[r] logit[r] with fixed coefficients: a scalar that depends on every logit.
  double objective(const Reference& inputs) {
    const Reference z = logits(inputs);
    double sum = 0;
    for (std::size_t r = 0; r < z.rows; ++r) sum += coefficient(r) * z(r, 0);
    return sum;
  }
  static double coefficient(std::size_t row) { return row % 3 == 0 ? -0.75 : 0.5; }

 private:
  Reference apply(const GraphNode& node, const std::vector<Reference>& values) {
    const Reference& x = values[node.inputs[0]];
    if (node.op == "dense") return dense(x);
    if (node.op == "batch_norm") return batch_norm(x);
    Reference y = x;
    const bool standardise = node.op == "standardise";
    const std::size_t mean = standardise ? buffer_++ : 0, factor = standardise ? buffer_++ : 0;
    for (std::size_t r = 0; r < x.rows; ++r) {
      for (std::size_t c = 0; c < x.columns; ++c) {
        const double v = x(r, c), s = 1.0 / (1.0 + std::exp(-v));
        y(r, c) = node.op == "silu"         ? v * s
                  : node.op == "sigmoid"    ? s
                  : node.op == "relu"       ? std::max(v, 0.0)
                  : node.op == "leaky_relu" ? (v > 0 ? v : whole(node, "slope") * v)
                  : node.op == "add"        ? v + values[node.inputs[1]](r, c)
                                            : (v - buffers_[mean](0, c)) * buffers_[factor](0, c);
      }
    }
    return y;
  }

  Reference dense(const Reference& x) {
    const Reference& w = weights_[weight_++];
    const Reference& b = weights_[weight_++];
    Reference y{x.rows, w.columns};
    for (std::size_t r = 0; r < x.rows; ++r) {
      for (std::size_t u = 0; u < w.columns; ++u) {
        y(r, u) = b(0, u);
        for (std::size_t i = 0; i < x.columns; ++i) y(r, u) += x(r, i) * w(i, u);
      }
    }
    return y;
  }

  Reference batch_norm(const Reference& x) {
    const Reference& gamma = weights_[weight_++];
    const Reference& beta = weights_[weight_++];
    const Reference& running_mean = buffers_[buffer_++];
    const Reference& running_variance = buffers_[buffer_++];
    const auto rows = static_cast<double>(x.rows);
    Reference y = x;
    for (std::size_t c = 0; c < x.columns; ++c) {
      double mean = 0, variance = 0;
      for (std::size_t r = 0; r < x.rows; ++r) mean += x(r, c) / rows;
      for (std::size_t r = 0; r < x.rows; ++r) variance += std::pow(x(r, c) - mean, 2) / rows;
      if (inference_) {
        mean = running_mean(0, c);
        variance = running_variance(0, c);
      }
      for (std::size_t r = 0; r < x.rows; ++r)
        y(r, c) = gamma(0, c) * (x(r, c) - mean) / std::sqrt(variance + 1e-5) + beta(0, c);
    }
    return y;
  }

  const Graph& graph_;
  const Segments& weights_;
  const Segments& buffers_;
  bool inference_;
  std::size_t weight_ = 0, buffer_ = 0;
};

}  // namespace steppe::network
