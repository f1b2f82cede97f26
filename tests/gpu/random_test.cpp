// Random numbers of the GPU are those of the processor, bit for bit: the draws themselves, and what
// is made of them: weights at the start of a training, masks of dropout, masks of attacks.
#include "framework/compute/device.hpp"
#include "framework/network/network.hpp"

#include <steppe/random.hpp>

#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using compute::Device;
using compute::Queue;
using compute::Tensor;
using testing::same_bits;
using testing::values_of;

using Values = std::vector<float>;

/// Draws are cheap, and one that is rounded otherwise would be rare: 400 000 of them at once.
constexpr std::size_t columns = 2000;

/// Of events as files have them, and of the ends of what a number of 64 bits can be.
std::vector<std::uint64_t> event_ids() {
  std::vector<std::uint64_t> out{0, 1, 0xFFFF'FFFFU, 0x1'0000'0000U,
                                 std::numeric_limits<std::uint64_t>::max()};
  for (std::uint64_t i = 0; out.size() < 200; ++i) out.push_back(mix(i));
  return out;
}

/// Whether `draw` gives a tensor the same bits on both devices, and other bits than those it had.
template <class Draw>
void expect_same_draws(const Draw& draw) {
  const auto on = [&](const char* name) {
    const auto device = compute::open_device(name);
    const auto queue = device->queue();
    return draw(*device, *queue);
  };
  const Values cpu = on("cpu");
  EXPECT_TRUE(same_bits(on("gpu"), cpu));
  EXPECT_FALSE(same_bits(cpu, Values(cpu.size(), 0.0F)));
}

TEST(RandomNumbersOfTheGpu, AreThoseOfTheProcessorForEveryEvent) {
  const auto ids = event_ids();
  for (const compute::RandomKey key :
       {compute::RandomKey{0, 0}, compute::RandomKey{~std::uint64_t{0}, 1},
        compute::RandomKey{20241114, stream_key("fit", "noise", 3)}}) {
    expect_same_draws([&](Device& device, Queue& queue) {
      const Tensor x = device.matrix(ids.size(), columns);
      queue.normal(key, ids, 1.0F, x);
      return values_of(queue, x);
    });
    expect_same_draws([&](Device& device, Queue& queue) {
      const Tensor x = device.matrix(ids.size(), columns);
      queue.uniform(key, ids, -0.25F, 1e-3F, x);
      return values_of(queue, x);
    });
  }
}

TEST(RandomNumbersOfTheGpu, AreThoseOfTheProcessorInAPartOfABatch) {
  const auto ids = event_ids();
  expect_same_draws([&](Device& device, Queue& queue) {
    const Tensor x = device.matrix(ids.size() + 7, 33);
    queue.normal({5, 6}, ids, 0.3F, x.slice_rows(3, ids.size()));
    return values_of(queue, x);
  });
}

/// Of tensors that leave nearly a whole block of 64 floats empty, just none of it, and two begun.
std::shared_ptr<const compute::SegmentTable> odd_layout() {
  auto out = std::make_shared<compute::SegmentTable>();
  out->add("one", 1, 1);
  out->add("full", 8, 8);
  out->add("more", 5, 13);
  return out;
}

TEST(RandomNumbersOfTheGpu, AreThoseOfTheProcessorInFlatWeights) {
  const std::array<std::uint64_t, 1> row{0};
  expect_same_draws([&](Device& device, Queue& queue) {
    const Tensor x = device.flat(odd_layout());
    queue.normal({7, 8}, row, 1.0F, x);
    return values_of(queue, x);
  });
  expect_same_draws([&](Device& device, Queue& queue) {
    const Tensor x = device.flat(odd_layout());
    queue.uniform({7, 9}, row, -1.0F, 1.0F, x);
    return values_of(queue, x);
  });
}

TEST(RandomNumbersOfTheGpu, StartATrainingWhereTheProcessorDoes) {
  const auto plan = testing::tiny_plan();
  testing::Bench cpu{plan, "cpu", 8}, gpu{plan, "gpu", 8};
  EXPECT_TRUE(
      same_bits(values_of(*gpu.queue, gpu.at.weights), values_of(*cpu.queue, cpu.at.weights)));
  EXPECT_TRUE(
      same_bits(values_of(*gpu.queue, gpu.at.buffers), values_of(*cpu.queue, cpu.at.buffers)));
}

TEST(RandomNumbersOfTheGpu, DropTheSameUnits) {
  const auto ids = event_ids();
  for (const double rate : {0.1, 0.5, 0.999})
    expect_same_draws([&](Device& device, Queue& queue) {
      network::Graph graph{columns / 10};
      graph.add("dropout", std::array{std::size_t{0}}, {{"rate", rate}});
      const network::Network network{graph, {.outputs = columns / 10, .classes = columns / 10}};
      const Tensor weights = device.flat(network.weights()),
                   buffers = device.flat(network.buffers()),
                   ones = device.matrix(ids.size(), columns / 10);
      queue.fill(ones, 1.0F);
      network::Context context;
      context.random = {11, 12};
      context.row_ids = ids;
      network::Passes passes{network, queue, ids.size()};
      return values_of(queue,
                       passes.forward(weights, buffers, ones, network::Mode::train, context));
    });
}

/// The state of SSAM-D after a batch at which no weights are exchanged: the mask it began with.
std::vector<std::byte> first_mask(const char* device) {
  const auto plan =
      testing::tiny_plan("\n[attack.ssam_d]\nsparsity = 0.5\n", {"values.attack=ssam_d"});
  testing::Bench bench{plan, device, 40};
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_weights(bench.loss, bench.at, bench.batch, {sizeof(steppe_moment), 1, 12, 9, 1});
  return attacker.save();
}

TEST(RandomNumbersOfTheGpu, HoldTheSameWeightsBack) {
  const auto cpu = first_mask("cpu");
  EXPECT_GT(cpu.size(), 1000U);
  EXPECT_EQ(first_mask("gpu"), cpu);
}

/// Events moved at random: a start of PGD anywhere in its ball, and noise.
Values scattered(const char* device, const std::string& attack, const std::string& settings) {
  const auto plan =
      testing::tiny_plan("\n[attack." + attack + "]\n" + settings, {"values.attack=" + attack});
  testing::Bench bench{plan, device, 40};
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, 40,
                       {sizeof(steppe_moment), 2, 12, 31, 3});
  return bench.features();
}

TEST(RandomNumbersOfTheGpu, MoveEventsToTheSamePlaces) {
  const std::string start = "alpha = 0.0\nsteps = 1\nstart = \"random\"\n";
  for (const auto& [attack, settings] :
       {std::pair<std::string, std::string>{"noise", ""}, {"pgd", start}})
    EXPECT_TRUE(same_bits(scattered("gpu", attack, settings), scattered("cpu", attack, settings)))
        << attack;
}

}  // namespace
}  // namespace steppe
