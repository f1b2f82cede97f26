// Whole trainings: the same bits however many threads there are and whatever runs beside them.
#include "framework/compute/shards.hpp"

#include "network_fixture.hpp"
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::network {
namespace {

using compute::Device;

/// Eight steps of Adam on a toy task. @returns the losses, every weight and running statistic, and
/// a Hessian-vector product.
std::vector<float> train(Device& device, std::size_t rows) {
  const auto queue = device.queue();
  const Network network{mlp(20, {16, 8})};
  const Tensor w = device.flat(network.weights()), g = device.flat(network.weights()),
               m = device.flat(network.weights()), v = device.flat(network.weights()),
               b = device.flat(network.buffers());
  network.initialise(*queue, {1, 2}, w, b);
  const Tensor x = device.matrix(rows, 20), y = device.matrix(rows, 1),
               losses = device.matrix(rows, 1), dz = device.matrix(rows, 1),
               mean = device.matrix(1, 1), ones = device.matrix(rows, 1);
  queue->fill(ones, 1.0F);
  Passes passes{network, *queue, rows};
  std::vector<float> results;
  for (int step = 1; step <= 8; ++step) {
    queue->normal({static_cast<std::uint64_t>(step), 0}, compute::ids(rows), 1.0F, x);
    queue->row_norms(x, y);  // is the event far from the origin?
    {
      const compute::Mapped labels{*queue, y};
      for (std::size_t r = 0; r < rows; ++r) labels->data[r] = labels->data[r] > 4.4F ? 1.0F : 0.0F;
    }
    queue->bce_with_logits(passes.forward(w, b, x, Mode::train), y, losses, dz);
    queue->weighted_mean(losses, ones, mean);
    queue->scale(1.0F / static_cast<float>(rows), dz);
    passes.backward(w, b, dz, {.weights = true}, g, {});
    queue->axpby(0.1F, g, 0.9F, m);
    queue->axpby_square(0.001F, g, 0.999F, v);
    const double count = step;
    queue->adaptive_step(static_cast<float>(0.01 / (1 - std::pow(0.9, count))), m,
                         static_cast<float>(1 / std::sqrt(1 - std::pow(0.999, count))), v, 1e-8F,
                         w);
    results.push_back(*compute::Mapped(*queue, mean)->data);
  }
  // The curvature along the last gradient, once.
  const Tensor h = device.flat(network.weights()), dz_tangent = device.matrix(rows, 1);
  const Tensor z = passes.forward(w, b, x, Mode::train_frozen);
  queue->copy(g, v);
  queue->bce_with_logits(z, y, {}, dz);
  queue->bce_with_logits_tangent(z, passes.tangent_forward(w, b, v, {}), dz_tangent);
  passes.backward(w, b, dz, {.weights = true}, g, {});
  passes.tangent_backward(w, b, v, dz, dz_tangent, {.weights = true}, h, {});
  for (const Tensor& flat : {w, b, h}) {
    const compute::Mapped mapped{*queue, flat};
    results.insert(results.end(), mapped->data, mapped->data + flat.columns);
  }
  return results;
}

TEST(Training, HasTheSameBitsForAnyNumberOfThreadsAndOnBothDevices) {
  for (const std::size_t rows : {100U, 500U}) {
    std::vector<float> first;
    for (const char* name : {"cpu", "far"}) {
      for (const int threads : {1, 2, 4}) {
        const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                        static_cast<std::size_t>(threads)};
        std::vector<float> results;
        tbb::task_arena{threads}.execute(
            [&] { results = train(*compute::open_device(name), rows); });
        if (first.empty()) first = results;
        EXPECT_TRUE(compute::same_bits(results, first)) << name << ", " << threads << " threads";
      }
    }
  }
}

TEST(Training, LowersTheLoss) {
  const auto results = train(*compute::open_device("cpu"), 500);
  EXPECT_LT(results[7], 0.97F * results[0]);
}

class SharedDevice : public testing::TestWithParam<const char*> {};

TEST_P(SharedDevice, TrainingsSideBySideGiveTheBitsOfOne) {
  const auto device = compute::open_device(GetParam());
  for (const std::size_t rows : {100U, 300U}) {
    const auto alone = train(*device, rows);
    std::vector<std::vector<float>> together(4);
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism, 4};
    tbb::task_arena{4}.execute([&] {
      compute::run_parallel(together.size(),
                            [&](std::size_t i) { together[i] = train(*device, rows); });
    });
    for (const auto& results : together) EXPECT_TRUE(compute::same_bits(results, alone));
  }
}

STEPPE_ON_EVERY_DEVICE(SharedDevice);

}  // namespace
}  // namespace steppe::network
