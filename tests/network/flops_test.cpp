// What passes cost: products of dense layers, a multiplication and an addition each.
#include "framework/compute/profiled_device.hpp"

#include "network_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::network {
namespace {

constexpr std::uint64_t first = 602 * 128, others = 128 * 64 + 64 * 32 + 32;

TEST(Flops, OfTheNetworkOfThePaperAreThoseOfItsDenseLayers) {
  const Network network{mlp(602, {128, 64, 32})};
  EXPECT_EQ(network.forward_flops(), 2 * (first + others));
  EXPECT_EQ(network.forward_flops(), 174'656U);
  // Nobody trains the input: its gradient is left out.
  EXPECT_EQ(network.backward_flops({.weights = true}), 2 * (first + others) + 2 * others);
  EXPECT_EQ(network.backward_flops({.inputs = true}), 2 * (first + others));
  EXPECT_EQ(network.backward_flops({.weights = true, .inputs = true}), 4 * (first + others));
  EXPECT_EQ(network.backward_flops({}), 0U);
}

TEST(Flops, AStandardisedInputIsNotTrained) {
  Graph graph{6};
  dense(graph, add(graph, "silu", dense(graph, add(graph, "standardise", 0), 5)), 1);
  const Network network{std::move(graph)};
  EXPECT_EQ(network.backward_flops({.weights = true}), 2U * (6 * 5 + 5) + 2U * 5);
}

TEST(Flops, WhatTheOutputDoesNotDependOnCostsNothing) {
  Graph graph{4};
  const auto output = dense(graph, 0, 1);
  dense(graph, 0, 100);
  graph.set_output(output);
  EXPECT_EQ(Network{std::move(graph)}.forward_flops(), 8U);
}

using FlopsOnDevice = NetworkOnDevice;

TEST_P(FlopsOnDevice, PassesCountWhatTheyAreAskedFor) {
  const Network network{mlp(602, {128, 64, 32})};
  const auto at = buffers_for(network);
  Passes passes{network, *queue, 8};
  const Tensor x = device->matrix(5, 602), dx = device->matrix(5, 602);
  const Tensor dz = device->matrix(5, 1);
  passes.forward(at.weights, at.buffers, x, Mode::train);
  passes.backward(at.weights, at.buffers, dz, {.weights = true}, at.gradient, {});
  EXPECT_EQ(passes.work().flops, 5 * 369'856U);  // a step of plain training
  passes.forward(at.weights, at.buffers, x, Mode::train);
  passes.backward(at.weights, at.buffers, dz, {.inputs = true}, {}, dx);
  EXPECT_EQ(passes.work().flops, 5 * (369'856U + 349'312U));  // and one of FGSM
  EXPECT_EQ(passes.work().forward, 2U);
  EXPECT_EQ(passes.work().backward, 2U);
}

TEST_P(FlopsOnDevice, AProfileCountsThoseThatPassesCount) {
  const Network network{mlp(602, {128, 64, 32})};
  const auto at = buffers_for(network);
  queue->wait();
  compute::Profile profile;
  std::uint64_t counted = 0;
  {
    const auto timed = compute::profiled(device, &profile)->queue();
    Passes passes{network, *timed, 200};
    for (const std::size_t rows : {200U, 7U}) {
      const Tensor x = device->matrix(rows, 602), dx = device->matrix(rows, 602);
      const Tensor dz = device->matrix(rows, 1);
      passes.forward(at.weights, at.buffers, x, Mode::train);
      passes.backward(at.weights, at.buffers, dz, {.weights = true, .inputs = true}, at.gradient,
                      dx);
    }
    counted = passes.work().flops;
  }
  std::uint64_t flops = 0, products = 0;
  for (const auto& row : profile.sums().kernels) {
    flops += row.spent.calls * row.kernel.flops();
    if (row.kernel.flops() > 0) products += row.spent.calls;
  }
  EXPECT_EQ(flops, counted);
  EXPECT_EQ(products, 2U * 3 * 4);  // three of each of four layers
}

STEPPE_ON_EVERY_DEVICE(FlopsOnDevice);

}  // namespace
}  // namespace steppe::network
