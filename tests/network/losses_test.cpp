// Networks of several outputs and other losses: gradients and Hessian-vector products against
// dual numbers in double.
#include "losses.hpp"

#include "network.hpp"
#include "network_fixture.hpp"
#include "passes.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::Reference;

constexpr std::size_t rows = 9, inputs = 5;

/// inputs - [dense 6, batch_norm, silu] - outputs
Graph network_of(std::size_t outputs) {
  Graph graph{inputs};
  const auto hidden = add(graph, "silu", add(graph, "batch_norm", dense(graph, 0, 6)));
  dense(graph, hidden, static_cast<std::int64_t>(outputs));
  return graph;
}

Reference targets_for(const Loss& loss) {
  Reference out = random_matrix(rows, 1, 11, 1.5);
  for (std::size_t r = 0; r < rows && loss.classes > 0; ++r)
    out(r, 0) = static_cast<double>(r % loss.classes);
  return out;
}

const std::vector<Loss> losses{{LossKind::binary_cross_entropy, 1, 2, 1.0F},
                               {LossKind::cross_entropy, 3, 3, 1.0F},
                               {LossKind::cross_entropy, 20, 20, 1.0F},
                               {LossKind::squared_error, 1, 0, 1.0F},
                               {LossKind::huber, 1, 0, 0.75F}};

class LossesOfNetworks : public NetworkOnDevice {
 protected:
  void expect_close(const std::vector<Reference>& got, const std::vector<Reference>& wanted) {
    double distance = 0, size = 0;
    for (std::size_t s = 0; s < wanted.size(); ++s) {
      for (std::size_t i = 0; i < wanted[s].values.size(); ++i) {
        distance += std::pow(got[s].values[i] - wanted[s].values[i], 2);
        size += std::pow(wanted[s].values[i], 2);
      }
    }
    EXPECT_GT(size, 0);
    EXPECT_LT(std::sqrt(distance / size), 3e-6);
  }
};

TEST_P(LossesOfNetworks, GradientsAndHessianProductsAreExact) {
  for (const Loss& loss : losses) {
    SCOPED_TRACE(std::string{name(loss.kind)} + " of " + std::to_string(loss.outputs));
    const Network network{network_of(loss.outputs), loss};
    const Buffers at = disturbed(network);
    const Tensor x = put(random_matrix(rows, inputs, 1)), y = put(targets_for(loss));
    const Tensor v = device->flat(network.weights()), u = put(random_matrix(rows, inputs, 7));
    queue->normal({21, 1}, std::vector<std::uint64_t>{0}, 1.0F, v);
    const Tensor dz = device->matrix(rows, loss.outputs),
                 moved = device->matrix(rows, loss.outputs),
                 dx = put(random_matrix(rows, inputs, 2)),
                 dx_tangent = device->matrix(rows, inputs),
                 product = device->flat(network.weights());
    Passes passes{network, *queue, rows + 2};
    const Tensor z = passes.forward(at.weights, at.buffers, x, Mode::train_frozen);
    loss.evaluate(*queue, z, y, {}, dz);
    const Tensor z_tangent = passes.tangent_forward(at.weights, at.buffers, v, u);
    loss.tangent(*queue, z, y, z_tangent, moved);
    passes.backward(at.weights, at.buffers, dz, {true, true}, at.gradient, dx);
    const auto gradient = segments_of(at.gradient);
    const auto input_gradient = get(dx);
    passes.tangent_backward(at.weights, at.buffers, v, dz, moved, {true, true}, product,
                            dx_tangent);

    const reference::Network layers{network.graph(), segments_of(at.buffers), false};
    const reference::Operands<double> here{{get(x)}, segments_of(at.weights)},
        direction{{get(u)}, segments_of(v)};
    Reference ones{rows, 1};
    for (double& one : ones.values) one = 1;
    const auto expect_passes = [&](const auto& of_loss) {
      const auto exact =
          passes_of(reference::Chain{layers, of_loss}, here, direction, ones, Reference{rows, 1});
      expect_close(gradient, exact.gradient.weights);
      expect_close({input_gradient}, exact.gradient.x);
      expect_close(segments_of(product), exact.gradient_tangent.weights);
      expect_close({get(dx_tangent)}, exact.gradient_tangent.x);
    };
    const Reference target = get(y);
    switch (loss.kind) {
      case LossKind::binary_cross_entropy:
        expect_passes(reference::BinaryCrossEntropy{target});
        break;
      case LossKind::cross_entropy:
        expect_passes(reference::CrossEntropy{target});
        break;
      case LossKind::squared_error:
        expect_passes(reference::SquaredError{target});
        break;
      case LossKind::huber:
        expect_passes(reference::Huber{target, static_cast<double>(loss.delta)});
        break;
    }
  }
}

TEST_P(LossesOfNetworks, TheOwnOutputIsThatOfTheClassOrTheOnlyOne) {
  for (const Loss& loss : losses) {
    const Reference z = random_matrix(rows, loss.outputs, 3), y = targets_for(loss);
    const Tensor values = device->matrix(rows, 1), gradient = put(z);
    loss.own_output(*queue, put(z), put(y), values, gradient);
    for (std::size_t r = 0; r < rows; ++r) {
      const auto own = loss.outputs > 1 ? static_cast<std::size_t>(y(r, 0)) : 0;
      EXPECT_EQ(get(values)(r, 0), z(r, own));
      EXPECT_EQ(get(gradient)(r, own), 1.0);
    }
  }
}

STEPPE_ON_EVERY_DEVICE(LossesOfNetworks);

TEST(Losses, HaveNamesThatLeadBackToThem) {
  for (const Loss& loss : losses) EXPECT_EQ(loss_kind(name(loss.kind)), loss.kind);
  EXPECT_FALSE(loss_kind("auto"));
}

TEST(Losses, TheUsualOneSuits) {
  for (const std::size_t classes : {0U, 2U, 3U, 100U})
    EXPECT_TRUE(suits(usual_loss(classes), classes)) << classes;
  EXPECT_FALSE(suits(LossKind::cross_entropy, 2));
  EXPECT_FALSE(suits(LossKind::huber, 2));
  EXPECT_FALSE(suits(LossKind::binary_cross_entropy, 0));
}

TEST(Losses, ANetworkOfOtherOutputsIsRefused) {
  try {
    Network{network_of(2), losses[1]};
    FAIL();
  } catch (const GraphError& error) {
    EXPECT_STREQ(error.what(),
                 "the output of a model for 3 classes is 3 columns, a logit each; 'dense_1' has 2; "
                 "give it the 'outputs' the host asks for");
  }
  EXPECT_THROW(Network{network_of(3)}, GraphError);
  EXPECT_EQ((Network{network_of(20), losses[2]}.loss().outputs), 20U);
}

}  // namespace
}  // namespace steppe::network
