// Layers of plugins as operations of a network: their four passes, and what is said about mistakes.
#include "framework/plugin/layers.hpp"

#include <functional>

#include "differences.hpp"
#include "losses.hpp"
#include "network.hpp"
#include "network_fixture.hpp"
#include "passes.hpp"
#include "plugin_layer.hpp"
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::plugin {
namespace {

using compute::random_matrix;
using compute::Reference;
using compute::same_bits;
using compute::Tensor;
using network::Graph;
using network::Mode;
using network::Network;

Catalogue load(const std::string& folder) {
  return Catalogue::load({{std::filesystem::path{STEPPE_TEST_LIBRARIES} / folder, "test", true}});
}

/// A gate, a soft clip and batch normalisation, with branches of different width.
Graph gated(const network::OperationList& layers) {
  Graph graph{6, layers};
  const std::size_t a = network::dense(graph, network::add(graph, "soft_clip", 0), 5);
  const std::size_t b = network::add(graph, "batch_norm", network::dense(graph, 0, 3));
  network::dense(graph, network::add(graph, "silu", graph.add("gate", std::array{a, b}, {})), 1);
  return graph;
}

reference::Makers with_layers(const Catalogue& catalogue) {
  auto makers = reference::makers();
  const auto put = [&](const std::string& name, const std::vector<std::size_t>& widths) {
    makers[name] = [=, info = *catalogue.find("layer", name)](const reference::Site&) {
      return reference::any(reference::FromPlugin{info, widths});
    };
  };
  put("soft_clip", {6});
  put("gate", {5, 3});
  return makers;
}

class PluginLayers : public network::NetworkOnDevice {
 protected:
  void expect_near_of_max(const std::vector<Reference>& got, const std::vector<Reference>& wanted) {
    EXPECT_LT(reference::relative_error(got, wanted), 3e-6);
  }
  void expect_differences(Mode mode, std::size_t rows);
};

void PluginLayers::expect_differences(Mode mode, std::size_t rows) {
  const Catalogue catalogue = load("layers");
  const Network network{gated(layer_operations(catalogue))};
  const Buffers at = disturbed(network);
  const Tensor x = put(random_matrix(rows, 6, 1)), u = put(random_matrix(rows, 6, 2)),
               v = device->flat(network.weights()), in_weights = device->flat(network.weights()),
               in_inputs = device->matrix(rows, 6), factors = put(network::coefficients(rows)),
               dz = device->matrix(rows, 1), dz_tangent = device->matrix(rows, 1);
  queue->normal({21, 1}, std::vector<std::uint64_t>{0}, 1.0F, v);

  const reference::Network in_double{network.graph(), segments_of(at.buffers),
                                     mode == Mode::inference, with_layers(catalogue)};
  const reference::BinaryCrossEntropy loss{network::labels(rows)};
  const reference::Chain both{in_double, loss};
  const reference::Operands<double> here{{get(x)}, segments_of(at.weights)};
  const Reference c = network::coefficients(rows), still{rows, 1};
  const auto gradient = reference::gradient_by_differences(both, here, c);

  network::Passes passes{network, *queue, rows};
  const Tensor z = passes.forward(at.weights, at.buffers, x, mode);
  queue->bce_with_logits(z, put(network::labels(rows)), {}, dz);
  queue->multiply(factors, dz);
  passes.backward(at.weights, at.buffers, dz, {true, true}, at.gradient, in_inputs);
  expect_near_of_max(segments_of(at.gradient), gradient.weights);
  expect_near_of_max({get(in_inputs)}, gradient.x);

  // H (v, 0), H (0, u) and both: every block of the Hessian.
  for (const auto& [weights, inputs] :
       {std::pair{v, Tensor{}}, std::pair{Tensor{}, u}, std::pair{v, u}}) {
    reference::Operands<double> direction;
    if (inputs) direction.x = {get(u)};
    if (weights) direction.weights = segments_of(v);
    const auto moved = reference::tangents_by_differences(both, here, direction, c, still);
    queue->bce_with_logits_tangent(
        z, passes.tangent_forward(at.weights, at.buffers, weights, inputs), dz_tangent);
    queue->multiply(factors, dz_tangent);
    passes.tangent_backward(at.weights, at.buffers, weights, dz, dz_tangent, {true, true},
                            in_weights, in_inputs);
    expect_near_of_max(segments_of(in_weights), moved.gradient.weights);
    expect_near_of_max({get(in_inputs)}, moved.gradient.x);
  }
}

TEST_P(PluginLayers, GradientsAndHessiansAreTheDifferencesInTraining) {
  expect_differences(Mode::train_frozen, 9);
}

TEST_P(PluginLayers, GradientsAndHessiansAreTheDifferencesInInference) {
  expect_differences(Mode::inference, 5);
}

TEST_P(PluginLayers, GradientsAndHessiansAreTheDifferencesOverTwoShards) {
  expect_differences(Mode::train_frozen, 140);
}

TEST_P(PluginLayers, StartFromTheirOwnWeights) {
  const Network network{gated(layer_operations(load("layers")))};
  const Buffers at = buffers_for(network);
  const auto& segments = network.weights()->segments();
  const auto gate = std::ranges::find(segments, "gate_0.weight", &compute::Segment::name);
  ASSERT_NE(gate, segments.end());
  const auto index = static_cast<std::size_t>(gate - segments.begin());
  Stream wanted{3, stream_key(std::uint64_t{4}, "gate_0")};
  for (const double weight : get(at.weights.segment(index)).values)
    EXPECT_EQ(weight, static_cast<double>(wanted.normal()));
}

TEST_P(PluginLayers, AFailureIsToldWithTheLayersName) {
  Graph graph{2, layer_operations(load("layers"))};
  network::dense(graph, network::add(graph, "failing", 0), 1);
  const Network network{graph};
  const Buffers at = buffers_for(network);
  network::Passes passes{network, *queue, 300};
  try {
    passes.forward(at.weights, at.buffers, device->matrix(300, 2), Mode::inference);
    FAIL() << "went on";
  } catch (const PluginError& error) {
    EXPECT_STREQ(error.what(), "layer 'failing': it gives up");
  }
}

STEPPE_ON_EVERY_DEVICE(PluginLayers);

/// Ten steps down the slope; the losses and, in the end, every weight.
std::vector<float> train(const char* device_name, int threads) {
  constexpr std::size_t rows = 500;
  const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads)};
  const auto device = compute::open_device(device_name);
  const auto queue = device->queue();
  const Network network{gated(layer_operations(load("layers")))};
  const Tensor w = device->flat(network.weights()), g = device->flat(network.weights()),
               b = device->flat(network.buffers()), x = device->matrix(rows, 6),
               y = device->matrix(rows, 1), losses = device->matrix(rows, 1),
               dz = device->matrix(rows, 1), ones = device->matrix(rows, 1),
               mean = device->matrix(1, 1);
  network.initialise(*queue, {1, 2}, w, b);
  queue->normal({5, 0}, compute::ids(rows), 1.0F, x);
  queue->fill(ones, 1.0F);
  {
    const compute::Mapped inputs{*queue, x}, labels{*queue, y};
    for (std::size_t r = 0; r < rows; ++r)
      labels->row(r)[0] = inputs->row(r)[0] * inputs->row(r)[1] > 0.0F ? 1.0F : 0.0F;
  }
  network::Passes passes{network, *queue, rows};
  std::vector<float> results;
  tbb::task_arena{threads}.execute([&] {
    for (int step = 0; step < 10; ++step) {
      queue->bce_with_logits(passes.forward(w, b, x, Mode::train), y, losses, dz);
      queue->weighted_mean(losses, ones, mean);
      queue->scale(1.0F / rows, dz);
      passes.backward(w, b, dz, {.weights = true}, g, {});
      queue->axpy(-1.0F, g, w);
      results.push_back(*compute::Mapped(*queue, mean)->data);
    }
  });
  const compute::Mapped end{*queue, w};
  results.insert(results.end(), end->data, end->data + w.columns);
  return results;
}

TEST(PluginLayersInTraining, HaveTheSameBitsForAnyNumberOfThreadsAndLowerTheLoss) {
  const auto first = train("cpu", 1);
  EXPECT_LT(first[9], 0.99F * first[0]);
  EXPECT_TRUE(same_bits(train("cpu", 4), first));
  EXPECT_TRUE(same_bits(train("far", 2), first));
}

std::string refusal(std::string_view op, std::vector<std::size_t> inputs,
                    std::vector<network::Attribute> attributes) {
  Graph graph{4, layer_operations(load("layers"))};
  try {
    graph.add(op, inputs, std::move(attributes));
  } catch (const std::exception& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PluginLayer, IsCalledAndCheckedAsBuiltInOperationsAre) {
  EXPECT_EQ(refusal("soft_clip", {0}, {{"limit", std::int64_t{3}}, {"note", std::string{"some"}}}),
            "accepted");
  EXPECT_EQ(refusal("soft_clp", {0}, {}),
            "there is no operation 'soft_clp'; did you mean 'soft_clip'?");
  EXPECT_TRUE(refusal("convolution", {0}, {}).ends_with("'failing', 'gate', 'soft_clip'"));
  EXPECT_EQ(refusal("gate", {0}, {}), "'gate' takes 2 inputs and was given 1");
  EXPECT_EQ(refusal("soft_clip", {0}, {{"limt", 3.0}}),
            "'soft_clip' has no attribute 'limt'; did you mean 'limit'?");
  EXPECT_EQ(refusal("soft_clip", {0}, {{"limit", true}}),
            "attribute 'limit' of 'soft_clip' must be a number");
  EXPECT_EQ(refusal("soft_clip", {0}, {{"limit", 0.0}}),
            "attribute 'limit' of 'soft_clip' is 0, outside (0, inf]");
  EXPECT_EQ(refusal("soft_clip", {0}, {{"note", std::string{"lots"}}}),
            "attribute 'note' of 'soft_clip' is 'lots'; choose one of 'none', 'some'");
  EXPECT_EQ(refusal("soft_clip", {0}, {{"limit", 13.0}}),
            "layer 'soft_clip': 'limit' is 13, which is no good; take another");
}

TEST(PluginLayer, AttributesAreItsSettings) {
  const auto layers = layer_operations(load("layers"));
  const auto device = compute::open_device("cpu");
  const auto queue = device->queue();
  Graph graph{1, layers};
  network::add(graph, "soft_clip", 0, {{"limit", 0.5}, {"negative", true}});
  const Network network{graph};
  const Tensor none = device->flat(network.weights()), x = device->matrix(1, 1);
  queue->fill(x, 0.25F);
  network::Passes passes{network, *queue, 1};
  const Tensor z = passes.forward(none, device->flat(network.buffers()), x, Mode::inference);
  EXPECT_FLOAT_EQ(*compute::Mapped(*queue, z)->data, -0.5F * std::tanh(0.5F));
}

TEST(PluginLayer, WithTheNameOfABuiltInOperationIsSetAside) {
  const Catalogue catalogue = load("layer_named_dense");
  ASSERT_EQ(catalogue.set_aside().size(), 1U);
  EXPECT_EQ(catalogue.set_aside()[0].reason,
            "layer 'dense' has the name of a built-in operation; give it another");
}

}  // namespace
}  // namespace steppe::plugin
