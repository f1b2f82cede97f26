// Graphs: what they know, and what they say about mistakes.
#include "framework/network/graph.hpp"

#include <array>
#include <functional>

#include "network_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::network {
namespace {

std::string refusal(const std::function<void()>& mistake) {
  try {
    mistake();
  } catch (const GraphError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal_of(std::string_view op, std::vector<Attribute> attributes) {
  return refusal([&] {
    Graph graph{4};
    add(graph, op, 0, std::move(attributes));
  });
}

TEST(Graph, TheNetworkOfThePaperHas88001Parameters) {
  EXPECT_EQ(mlp(602, {128, 64, 32}).parameters(), 88001U);
}

TEST(Graph, NamesNodesByOperationAndCount) {
  const Graph graph = mlp(3, {2, 2});
  std::vector<std::string> names;
  for (const GraphNode& node : graph.nodes()) names.push_back(node.name);
  EXPECT_EQ(names, (std::vector<std::string>{"input", "dense_0", "batch_norm_0", "silu_0",
                                             "dense_1", "batch_norm_1", "silu_1", "dense_2"}));
}

TEST(Graph, KnowsWidths) {
  Graph graph{4};
  EXPECT_EQ(graph.nodes()[dense(graph, 0, 7)].columns, 7U);
  EXPECT_EQ(graph.nodes()[add(graph, "silu", 1)].columns, 7U);
  EXPECT_EQ(graph.input_columns(), 4U);
}

TEST(Graph, TheLastNodeIsTheOutputUntilToldOtherwise) {
  Graph graph{4};
  dense(graph, 0, 1);
  dense(graph, 0, 1);
  EXPECT_EQ(graph.output(), 2U);
  graph.set_output(1);
  EXPECT_EQ(graph.output(), 1U);
  EXPECT_EQ(refusal([&] { graph.set_output(3); }), "the output is node 3, but there are only 3");
}

TEST(Graph, CompletesAttributes) {
  Graph graph{4};
  const auto& attributes = graph.nodes()[dense(graph, 0, 1)].attributes;
  ASSERT_EQ(attributes.size(), 2U);
  EXPECT_EQ(attributes[1].name, "bias");
  EXPECT_TRUE(std::get<bool>(attributes[1].value));
}

TEST(Graph, TakesAWholeNumberForARealOne) {
  Graph graph{4};
  const auto& node = graph.nodes()[add(graph, "leaky_relu", 0, {{"slope", std::int64_t{1}}})];
  EXPECT_EQ(std::get<double>(node.attributes[0].value), 1.0);
}

TEST(Graph, UnknownOperationsAreAnsweredWithTheNearest) {
  EXPECT_EQ(refusal_of("dens", {}), "there is no operation 'dens'; did you mean 'dense'?");
  EXPECT_EQ(refusal_of("bacth_norm", {}),
            "there is no operation 'bacth_norm'; did you mean 'batch_norm'?");
  EXPECT_EQ(refusal_of("convolution", {}),
            "there is no operation 'convolution'; there are 'dense', 'batch_norm', 'layer_norm', "
            "'silu', 'relu', "
            "'sigmoid', 'leaky_relu', 'gelu', 'tanh', 'elu', 'selu', 'softplus', 'add', 'dropout', "
            "'standardise', 'standardise_filled', 'standardise_running'");
}

TEST(Graph, AttributesAreChecked) {
  EXPECT_EQ(refusal_of("dense", {}), "'dense' needs its attribute 'units'");
  EXPECT_EQ(refusal_of("dense", {{"unit", std::int64_t{3}}}),
            "'dense' has no attribute 'unit'; did you mean 'units'?");
  EXPECT_EQ(refusal_of("dense", {{"width", std::int64_t{3}}}),
            "'dense' has no attribute 'width'; it has 'units', 'bias'");
  EXPECT_EQ(refusal_of("silu", {{"slope", 0.1}}), "'silu' has no attribute 'slope'");
  EXPECT_EQ(refusal_of("dense", {{"units", 2.5}}),
            "attribute 'units' of 'dense' must be a whole number");
  EXPECT_EQ(refusal_of("dense", {{"units", std::int64_t{3}}, {"bias", std::string{"yes"}}}),
            "attribute 'bias' of 'dense' must be true or false");
  EXPECT_EQ(refusal_of("dense", {{"units", std::int64_t{0}}}),
            "attribute 'units' of 'dense' is 0, outside [1, 1048576]");
  EXPECT_EQ(refusal_of("batch_norm", {{"momentum", 1.5}}),
            "attribute 'momentum' of 'batch_norm' is 1.5, outside [0, 1]");
  EXPECT_EQ(refusal_of("leaky_relu", {{"slope", 0.1}, {"slope", 0.2}}),
            "attribute 'slope' of 'leaky_relu' is given twice");
}

TEST(Graph, InputsAreChecked) {
  Graph graph{4};
  dense(graph, 0, 3);
  EXPECT_EQ(refusal([&] {
              graph.add("silu", std::array<std::size_t, 2>{0, 0}, {});
            }),
            "'silu' takes 1 input and was given 2");
  EXPECT_EQ(refusal([&] { add(graph, "add", 0); }), "'add' takes 2 inputs and was given 1");
  EXPECT_EQ(refusal([&] { add(graph, "silu", 9); }),
            "'silu' reads node 9, but there are only 2 so far");
  EXPECT_EQ(refusal([&] {
              graph.add("add", std::array<std::size_t, 2>{0, 1}, {});
            }),
            "'add' needs inputs of equal width; these have 4 and 3 columns");
  EXPECT_EQ(refusal([] { Graph{0}; }), "a model needs at least one input column");
}

TEST(Network, NeedsALogit) {
  Graph graph{4};
  EXPECT_EQ(refusal([&] { Network{graph}; }),
            "the output of a model is its input; add an operation");
  dense(graph, 0, 2);
  EXPECT_EQ(refusal([&] { Network{graph}; }),
            "the output of a model is one column, its logit; 'dense_0' has 2");
}

TEST(Network, FitsOnlyItsInput) {
  Graph late{4};
  dense(late, add(late, "standardise", dense(late, 0, 2)), 1);
  EXPECT_EQ(refusal([&] { Network{late}; }),
            "'standardise_0' must read the input, whose columns it is fitted to, and reads "
            "'dense_0'");
  Graph twice{4};
  add(twice, "standardise", 0);
  dense(twice, add(twice, "standardise", 0), 1);
  EXPECT_EQ(refusal([&] { Network{twice}; }),
            "'standardise_0' and 'standardise_1' are both fitted to the input; keep one");
}

TEST(Network, LaysOutItsValuesInTheOrderOfTheGraph) {
  Graph graph{4};
  const std::size_t x = add(graph, "standardise", 0);
  add(graph, "dense", add(graph, "batch_norm", dense(graph, x, 3)),
      {{"units", std::int64_t{1}}, {"bias", false}});
  const Network network{graph};
  const auto names = [](const compute::SegmentTable& table) {
    std::vector<std::string> all;
    for (const auto& segment : table.segments()) all.push_back(segment.name);
    return all;
  };
  EXPECT_EQ(names(*network.weights()),
            (std::vector<std::string>{"dense_0.weight", "dense_0.bias", "batch_norm_0.gamma",
                                      "batch_norm_0.beta", "dense_1.weight"}));
  EXPECT_EQ(
      names(*network.buffers()),
      (std::vector<std::string>{"standardise_0.mean", "standardise_0.factor",
                                "batch_norm_0.running_mean", "batch_norm_0.running_variance"}));
  EXPECT_EQ((*network.weights())[0].rows, 4U);
  EXPECT_EQ((*network.weights())[0].columns, 3U);
  EXPECT_EQ(network.weights()->values(), graph.parameters());
  EXPECT_TRUE(network.needs_fit());
  EXPECT_FALSE(Network{mlp(4, {3})}.needs_fit());
}

TEST(Network, IsPiecewiseLinearUnlessSomethingAliveCurves) {
  const auto with = [](const char* activation, bool alive) {
    Graph graph{4};
    const std::size_t x = add(graph, "standardise", 0);
    const std::size_t a = add(graph, "batch_norm", add(graph, "relu", dense(graph, x, 3)));
    const std::size_t b = add(graph, activation, dense(graph, x, 3));
    graph.set_output(dense(graph, alive ? graph.add("add", std::array{a, b}, {}) : a, 1));
    return Network{std::move(graph)}.piecewise_linear();
  };
  EXPECT_TRUE(with("relu", true));
  EXPECT_TRUE(with("leaky_relu", true));
  for (const auto* curved :
       {"silu", "sigmoid", "gelu", "tanh", "elu", "selu", "softplus", "layer_norm"}) {
    EXPECT_FALSE(with(curved, true)) << curved;
    EXPECT_TRUE(with(curved, false)) << curved;
  }
}

}  // namespace
}  // namespace steppe::network
