// Graphs the network tests share, and buffers to run them with.
#pragma once

#include "framework/network/network.hpp"

#include <array>

#include "device_fixture.hpp"

namespace steppe::network {

inline std::size_t add(Graph& graph, std::string_view op, std::size_t input,
                       std::vector<Attribute> attributes = {}) {
  return graph.add(op, std::array{input}, std::move(attributes));
}

inline std::size_t dense(Graph& graph, std::size_t input, std::int64_t units) {
  return add(graph, "dense", input, {{"units", units}});
}

/// inputs - [dense, batch_norm, silu] for each hidden width - 1
inline Graph mlp(std::size_t inputs, const std::vector<std::int64_t>& hidden) {
  Graph graph{inputs};
  std::size_t last = 0;
  for (const std::int64_t units : hidden)
    last = add(graph, "silu", add(graph, "batch_norm", dense(graph, last, units)));
  dense(graph, last, 1);
  return graph;
}

/// Every operation once, and a branch that meets the trunk again.
inline Graph every_operation() {
  Graph graph{6};
  const std::size_t x = add(graph, "standardise", 0);
  const std::size_t a = add(graph, "silu", add(graph, "batch_norm", dense(graph, x, 7)));
  const std::size_t b = add(graph, "leaky_relu", dense(graph, a, 7), {{"slope", 0.125}});
  const std::size_t c = graph.add("add", std::array{a, b}, {});
  const std::size_t d = add(graph, "sigmoid", dense(graph, c, 5));
  const std::size_t e = add(graph, "relu", dense(graph, d, 5));
  std::size_t f = graph.add("add", std::array{e, d}, {});
  for (const char* smooth : {"gelu", "tanh", "elu", "selu", "softplus"})
    f = add(graph, smooth, dense(graph, f, 4));
  f = add(graph, "layer_norm", dense(graph, f, 6));
  dense(graph, f, 1);
  return graph;
}

/// Coefficients of a sum over the rows that depends on each of them.
inline compute::Reference coefficients(std::size_t rows) {
  compute::Reference values{rows, 1};
  for (std::size_t r = 0; r < rows; ++r) values(r, 0) = r % 3 == 0 ? -0.75 : 0.5;
  return values;
}

/// 0 and 1 by turns.
inline compute::Reference labels(std::size_t rows) {
  compute::Reference values{rows, 1};
  for (std::size_t r = 0; r < rows; ++r) values(r, 0) = static_cast<double>(r % 2);
  return values;
}

class NetworkOnDevice : public compute::OnDevice {
 protected:
  struct Buffers {
    Tensor weights, gradient, buffers;
  };

  Buffers buffers_for(const Network& network) {
    const Buffers made{device->flat(network.weights()), device->flat(network.weights()),
                       device->flat(network.buffers())};
    network.initialise(*queue, {3, 4}, made.weights, made.buffers);
    return made;
  }

  /// Weights, statistics and a fit that are nothing special.
  Buffers disturbed(const Network& network) {
    const Buffers made = buffers_for(network);
    const Tensor noise = device->flat(network.weights());
    const std::vector<std::uint64_t> row{0};
    queue->normal({8, 1}, row, 0.3F, noise);
    queue->axpy(1.0F, noise, made.weights);
    const Tensor positive = device->flat(network.buffers());
    queue->uniform({8, 2}, row, 0.1F, 0.5F, positive);
    queue->axpy(1.0F, positive, made.buffers);
    return made;
  }

  std::vector<compute::Reference> segments_of(const Tensor& flat) {
    std::vector<compute::Reference> segments;
    for (std::size_t s = 0; s < flat.segments->segments().size(); ++s)
      segments.push_back(get(flat.segment(s)));
    return segments;
  }
};

}  // namespace steppe::network
