// One step of each way to train, through the real plugins, on the GPU and on the processor.
#include "framework/run/train/training.hpp"

#include <algorithm>
#include <cmath>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::values_of;

/// The weights after one batch of all events. With plain gradient descent a step is the gradient:
/// Adam would make as much of one that is zero but for rounding as of any other.
std::vector<float> weights_after(const std::string& device, const std::string& attack,
                                 const std::string& settings, const std::string& rate) {
  const auto heading = attack == "none" ? "" : "\n[attack." + attack + "]\n" + settings;
  const auto plan =
      testing::tiny_plan(heading + "\n[optimizer.sgd]\nlearning_rate = " + rate + "\n",
                         {"values.attack=" + attack, "trainer.fit.optimizer=sgd",
                          "trainer.fit.batch=1024", "trainer.fit.epochs=1"});
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  const auto out = train(plan.trainings.front(), *testing::load_first(plan), {},
                         compute::open_device(device), surroundings);
  return values_of(*out.device->queue(), out.at.weights);
}

struct Way {
  const char *attack, *settings;
};

class StepOnGpu : public ::testing::TestWithParam<Way> {};

TEST_P(StepOnGpu, IsThatOfTheProcessor) {
  const auto [attack, settings] = GetParam();
  const auto start = weights_after("cpu", attack, settings, "0.0");
  const auto wanted = weights_after("cpu", attack, settings, "0.1");
  const auto got = weights_after("gpu", attack, settings, "0.1");
  ASSERT_EQ(got.size(), wanted.size());
  float largest = 0, difference = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    largest = std::max(largest, std::abs(wanted[i] - start[i]));
    difference = std::max(difference, std::abs(got[i] - wanted[i]));
  }
  EXPECT_GT(largest, 0.0F);
  EXPECT_LE(difference, 5e-5F * largest);
}

INSTANTIATE_TEST_SUITE_P(Ways, StepOnGpu,
                         ::testing::Values(Way{"none", ""}, Way{"fgsm", "epsilon = 0.05\n"},
                                           Way{"pgd", "epsilon = 0.05\nalpha = 0.02\nsteps = 3\n"},
                                           Way{"sam", "rho = 0.05\n"},
                                           Way{"ssam_d", "rho = 0.05\nsparsity = 0.5\n"}),
                         [](const auto& one) { return std::string{one.param.attack}; });

}  // namespace
}  // namespace steppe::run
