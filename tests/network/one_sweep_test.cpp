// Networks whose layers share sweeps have the bits of those whose layers do not, in all passes.
#include "network_fixture.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::same_bits;

/// dense - activation - batch_norm as in arXiv:2411.09296, a dense read twice, a dense before
/// another dense, and one that ends the graph.
Graph all_neighbours() {
  Graph graph{9};
  const std::size_t x = add(graph, "standardise", 0);
  std::size_t a = add(graph, "batch_norm", add(graph, "silu", dense(graph, x, 33)));
  for (const char* kind : {"relu", "leaky_relu", "sigmoid", "gelu", "tanh", "elu"})
    a = add(graph, kind, dense(graph, a, 8));
  const std::size_t twice = dense(graph, a, 8);
  const std::size_t b = graph.add("add", std::array{twice, add(graph, "selu", twice)}, {});
  const std::size_t c = add(graph, "softplus", dense(graph, dense(graph, b, 7), 5));
  const std::size_t no_bias = add(graph, "dense", c, {{"units", std::int64_t{6}}, {"bias", false}});
  dense(graph, add(graph, "silu", no_bias), 1);
  return graph;
}

class SharedSweeps : public NetworkOnDevice {
 protected:
  /// Everything that all passes of a network give.
  std::vector<std::vector<float>> results(Sweeps sweeps, Mode mode, std::size_t rows) {
    const Network network{all_neighbours(), {}, sweeps};
    const Buffers at = disturbed(network);
    const Tensor x = put(random_matrix(rows, 9, 1)), dz = put(coefficients(rows)),
                 dz_tangent = put(random_matrix(rows, 1, 3)),
                 x_direction = put(random_matrix(rows, 9, 4)), dx = device->matrix(rows, 9),
                 dx_tangent = device->matrix(rows, 9),
                 w_direction = device->flat(network.weights()),
                 dw_tangent = device->flat(network.weights());
    queue->normal({8, 3}, std::vector<std::uint64_t>{0}, 0.5F, w_direction);
    Passes passes{network, *queue, rows};
    std::vector<std::vector<float>> all;
    for (int time = 0; time < 2; ++time) {
      all.push_back(bits(passes.forward(at.weights, at.buffers, x, mode)));
      all.push_back(bits(passes.last_inputs()));
      all.push_back(bits(passes.tangent_forward(at.weights, at.buffers, w_direction, x_direction)));
      passes.backward(at.weights, at.buffers, dz, {true, true}, at.gradient, dx);
      passes.tangent_backward(at.weights, at.buffers, w_direction, dz, dz_tangent, {true, true},
                              dw_tangent, dx_tangent);
      for (const Tensor& made : {at.gradient, dx, dw_tangent, dx_tangent, at.buffers})
        all.push_back(bits(made));
    }
    return all;
  }
};

TEST_P(SharedSweeps, GiveTheBitsOfSingleOnes) {
  for (const Mode mode : {Mode::train, Mode::train_frozen, Mode::inference})
    for (const std::size_t rows : {1U, 20U, 300U}) {
      const auto shared = results(Sweeps::shared, mode, rows),
                 single = results(Sweeps::single, mode, rows);
      ASSERT_EQ(shared.size(), single.size());
      for (std::size_t i = 0; i < shared.size(); ++i)
        EXPECT_TRUE(same_bits(shared[i], single[i])) << "result " << i << " of " << rows << " rows";
    }
}

STEPPE_ON_EVERY_DEVICE(SharedSweeps);

}  // namespace
}  // namespace steppe::network
