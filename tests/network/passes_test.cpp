// The passes of a network against the same network in double, and what each computes.
#include "network.hpp"
#include "network_fixture.hpp"
#include "torch_tables.hpp"

namespace steppe::network {
namespace {

using compute::random_matrix;
using compute::Reference;
using compute::same_bits;

class PassesOfANetwork : public NetworkOnDevice {
 protected:
  void expect_gradients(Mode mode, std::size_t rows);
};

void PassesOfANetwork::expect_gradients(Mode mode, std::size_t rows) {
  const Network network{every_operation()};
  const Buffers at = disturbed(network);
  const Reference x = random_matrix(rows, 6, 1), dz = coefficients(rows);
  const Tensor input_gradient = device->matrix(rows, 6);
  const reference::Network wanted{network.graph(), segments_of(at.buffers),
                                  mode == Mode::inference};
  const reference::Operands<double> operands{{x}, segments_of(at.weights)},
      gradient = wanted.backward(operands, dz);

  Passes passes{network, *queue, rows + 3};
  expect_near(get(passes.forward(at.weights, at.buffers, put(x), mode)), wanted.forward(operands),
              3e-6);
  passes.backward(at.weights, at.buffers, put(dz), {true, true}, at.gradient, input_gradient);
  const auto weight_gradient = segments_of(at.gradient);
  for (std::size_t s = 0; s < weight_gradient.size(); ++s)
    expect_near(weight_gradient[s], gradient.weights[s], 2e-6);
  expect_near(get(input_gradient), gradient.x[0], 2e-6);
}

TEST_P(PassesOfANetwork, GradientsAreThoseInDoubleInTraining) {
  expect_gradients(Mode::train_frozen, 9);
}

TEST_P(PassesOfANetwork, GradientsAreThoseInDoubleInInference) {
  expect_gradients(Mode::inference, 5);
}

TEST_P(PassesOfANetwork, GradientsAreThoseInDoubleOverTwoShards) {
  expect_gradients(Mode::train_frozen, 140);
}

TEST_P(PassesOfANetwork, OnePassComputesWhatItIsAskedForAndTheSame) {
  const Network network{every_operation()};
  const Buffers at = disturbed(network);
  const Tensor inputs = put(random_matrix(20, 6, 1)), gradient = put(coefficients(20));
  Passes passes{network, *queue, 20};
  passes.forward(at.weights, at.buffers, inputs, Mode::train_frozen);
  const Tensor both = device->matrix(20, 6), alone = device->matrix(20, 6),
               weights_alone = device->flat(network.weights());
  passes.backward(at.weights, at.buffers, gradient, {true, true}, at.gradient, both);
  passes.backward(at.weights, at.buffers, gradient, {.inputs = true}, {}, alone);
  passes.backward(at.weights, at.buffers, gradient, {.weights = true}, weights_alone, {});
  EXPECT_TRUE(same_bits(bits(both), bits(alone)));
  EXPECT_TRUE(same_bits(bits(at.gradient), bits(weights_alone)));
}

TEST_P(PassesOfANetwork, BiasesInFrontOfBatchNormHaveNoGradientInTraining) {
  const Network network{mlp(6, {5})};
  const Buffers at = disturbed(network);
  Passes passes{network, *queue, 20};
  const auto bias_gradient = [&](Mode mode) {
    passes.forward(at.weights, at.buffers, put(random_matrix(20, 6, 1)), mode);
    passes.backward(at.weights, at.buffers, put(coefficients(20)), {.weights = true}, at.gradient,
                    {});
    return get(at.gradient.segment(1)).values;
  };
  EXPECT_EQ(bias_gradient(Mode::train_frozen), std::vector<double>(5, 0.0));
  for (const double value : bias_gradient(Mode::inference)) EXPECT_NE(value, 0.0);
}

TEST_P(PassesOfANetwork, OperationsOffThePathAreNotRunAndHaveNoGradient) {
  Graph graph{6};
  const std::size_t used = dense(graph, 0, 1);
  add(graph, "batch_norm", dense(graph, 0, 4));
  graph.set_output(used);
  const Network network{graph};
  const Buffers at = disturbed(network);
  const Tensor before = device->flat(network.buffers());
  queue->copy(at.buffers, before);
  queue->fill(at.gradient, 3.0F);
  Passes passes{network, *queue, 4};
  passes.forward(at.weights, at.buffers, put(random_matrix(4, 6, 1)), Mode::train);
  passes.backward(at.weights, at.buffers, put(coefficients(4)), {.weights = true}, at.gradient, {});
  EXPECT_TRUE(same_bits(bits(before), bits(at.buffers)));
  const auto gradients = segments_of(at.gradient);
  for (std::size_t s = 2; s < gradients.size(); ++s)
    for (const double value : gradients[s].values) EXPECT_EQ(value, 0.0);
  EXPECT_NE(gradients[0].values[0], 0.0);
}

TEST_P(PassesOfANetwork, OnlyTrainingMovesTheRunningStatistics) {
  const Network network{mlp(6, {5, 3})};
  const Buffers at = disturbed(network);
  Passes passes{network, *queue, 20};
  const auto start = bits(at.buffers);
  const Tensor inputs = put(random_matrix(20, 6, 1));
  passes.forward(at.weights, at.buffers, inputs, Mode::inference);
  passes.forward(at.weights, at.buffers, inputs, Mode::train_frozen);
  EXPECT_TRUE(same_bits(bits(at.buffers), start));
  passes.forward(at.weights, at.buffers, inputs, Mode::train);
  EXPECT_FALSE(same_bits(bits(at.buffers), start));
}

TEST_P(PassesOfANetwork, StandardiseUsesTheFit) {
  Graph graph{2};
  dense(graph, add(graph, "standardise", 0), 1);
  const Network network{graph};
  const Buffers at = buffers_for(network);
  queue->fill(at.weights, 1.0F);
  const std::vector<float> mean{1.0F, -2.0F}, factor{2.0F, 0.5F};
  network.set_fitted(*queue, at.buffers, {mean, factor});
  Reference x{1, 2};
  x.values = {4.0, 6.0};
  Passes passes{network, *queue, 1};
  const Tensor z = passes.forward(at.weights, at.buffers, put(x), Mode::inference);
  EXPECT_EQ(get(z).values[0], 2.0 * 3.0 + 0.5 * 8.0 + 1.0);
  const Network plain{mlp(2, {})};
  EXPECT_THROW(plain.set_fitted(*queue, at.buffers, {mean, factor}), GraphError);
  EXPECT_THROW(network.set_fitted(*queue, at.buffers, {factor, {}}), GraphError);
}

TEST_P(PassesOfANetwork, RefusesInputsThatDoNotFit) {
  const Network network{mlp(2, {3})};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 4};
  for (const auto& [rows, columns] : {std::pair{5, 2}, std::pair{4, 3}})
    EXPECT_THROW(passes.forward(at.weights, at.buffers, device->matrix(rows, columns), Mode::train),
                 GraphError);
}

TEST_P(PassesOfANetwork, InitialisesLikePyTorch) {
  const Network network{mlp(100, {50})};
  const Buffers at = buffers_for(network);
  const auto weights = segments_of(at.weights), buffers = segments_of(at.buffers);
  double squares = 0, largest = 0;
  for (const double w : weights[0].values) {
    squares += w * w / 5000.0;
    largest = std::max(largest, std::abs(w));
  }
  EXPECT_LE(largest, 0.1);
  EXPECT_GT(largest, 0.099);
  EXPECT_NEAR(squares, 0.01 / 3, 2e-4);  // the variance of U(-0.1, 0.1); 5 of its deviations
  for (const double b : weights[1].values) EXPECT_LE(std::abs(b), 0.1);
  EXPECT_NE(weights[1].values[0], weights[0].values[0]);
  EXPECT_EQ(weights[2].values, std::vector<double>(50, 1.0));
  EXPECT_EQ(weights[3].values, std::vector<double>(50, 0.0));
  EXPECT_EQ(buffers[0].values, std::vector<double>(50, 0.0));
  EXPECT_EQ(buffers[1].values, std::vector<double>(50, 1.0));
}

TEST_P(PassesOfANetwork, LossAndGradientsAreThoseOfPyTorch) {
  namespace tables = torch_tables;
  Graph graph{tables::network_inputs};
  const std::size_t h = add(graph, "silu", add(graph, "batch_norm", dense(graph, 0, 5)));
  dense(graph, add(graph, "leaky_relu", dense(graph, h, 3)), 1);
  const Network network{graph};
  const Buffers at = buffers_for(network);
  {
    const compute::Mapped mapped{*queue, at.weights};
    std::size_t k = 1000;
    for (const auto& segment : network.weights()->segments()) {
      const double shift = segment.name == "batch_norm_0.gamma" ? 1.0 : 0.0;
      for (std::size_t i = 0; i < segment.size(); ++i)
        mapped->data[segment.offset + i] = static_cast<float>(tables::value(k++) / 4 + shift);
    }
  }
  constexpr std::size_t rows = tables::network_rows;
  Reference x{rows, tables::network_inputs};
  for (std::size_t i = 0; i < x.values.size(); ++i) x.values[i] = tables::value(500 + i);

  Passes passes{network, *queue, rows};
  const Tensor z = passes.forward(at.weights, at.buffers, put(x), Mode::train);
  const Tensor losses = device->matrix(rows, 1), gradient = device->matrix(rows, 1),
               ones = device->matrix(rows, 1), mean = device->matrix(1, 1),
               dx = device->matrix(rows, x.columns);
  queue->bce_with_logits(z, put(labels(rows)), losses, gradient);
  queue->scale(1.0F / rows, gradient);
  queue->fill(ones, 1.0F);
  queue->weighted_mean(losses, ones, mean);
  passes.backward(at.weights, at.buffers, gradient, {true, true}, at.gradient, dx);

  const auto expect_table = [](const std::vector<double>& got, std::span<const double> wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(got[i], wanted[i], 1e-6 * (1 + std::abs(wanted[i]))) << i;
  };
  std::vector<double> weight_gradient;
  for (const Reference& segment : segments_of(at.gradient))
    weight_gradient.insert(weight_gradient.end(), segment.values.begin(), segment.values.end());
  expect_table(get(z).values, tables::network_logits);
  expect_table(get(mean).values, tables::network_loss);
  expect_table(weight_gradient, tables::network_weight_gradient);
  expect_table(get(dx).values, tables::network_input_gradient);
}

TEST_P(PassesOfANetwork, TheLogitsAreTheLastInputsTimesTheLastWeight) {
  const std::size_t rows = 5;
  const Network network{mlp(6, {4, 3})};
  const Buffers at = disturbed(network);
  const Reference x = random_matrix(rows, 6, 1);
  Passes passes{network, *queue, rows + 2};
  const auto logits = get(passes.forward(at.weights, at.buffers, put(x), Mode::inference));
  const auto inputs = get(passes.last_inputs());
  const auto weights = segments_of(at.weights);
  const Reference &weight = weights[weights.size() - 2], &bias = weights.back();
  ASSERT_EQ(inputs.rows, rows);
  ASSERT_EQ(inputs.columns, 3U);
  for (std::size_t r = 0; r < rows; ++r) {
    double sum = bias(0, 0);
    for (std::size_t c = 0; c < 3; ++c) sum += inputs(r, c) * weight(c, 0);
    EXPECT_NEAR(logits(r, 0), sum, 1e-6);
  }
}

TEST_P(PassesOfANetwork, ThereAreNoLastInputsWhereTheOutputIsNotDense) {
  Graph graph{2};
  add(graph, "tanh", dense(graph, 0, 1));
  const Network network{std::move(graph)};
  const Buffers at = buffers_for(network);
  Passes passes{network, *queue, 1};
  passes.forward(at.weights, at.buffers, put(random_matrix(1, 2, 1)), Mode::inference);
  EXPECT_THROW(passes.last_inputs(), GraphError);
}

STEPPE_ON_EVERY_DEVICE(PassesOfANetwork);

}  // namespace
}  // namespace steppe::network
