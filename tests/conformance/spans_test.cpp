// Stages that work on spans (test_spans.cpp) give the same bytes as those that use operations, on
// every device: what they map is shown as it is, and what they write arrives.
#include "framework/run/train/training.hpp"
#include "framework/verify/attack_trial.hpp"

#include <string>
#include <vector>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace {

using testing::catalogue;
using testing::same_bits;
using testing::values_of;

class SpansOn : public ::testing::TestWithParam<const char*> {};

struct Attacked : verify::AttackTrial {
  using AttackTrial::attack;
  using AttackTrial::before_;
};

TEST_P(SpansOn, MoveEventsAsOperationsDo) {
  Attacked spans{{catalogue(), "test_span_fgsm", "", GetParam()}},
      operations{{catalogue(), "fgsm", "", GetParam()}};
  for (const std::string held : {"", "hold = [\"*.charge\", \"padding\"]\n"}) {
    const auto moved = spans.attack(0.1, held);
    EXPECT_TRUE(same_bits(moved, operations.attack(0.1, held))) << held;
    EXPECT_FALSE(same_bits(moved, spans.before_)) << held;
  }
}

TEST_P(SpansOn, MoveWeightsAsOperationsDo) {
  const auto trained = [](const std::string& optimizer, const char* epochs) {
    const auto plan = testing::tiny_plan(
        "\n[optimizer." + optimizer + "]\nlearning_rate = 0.05\nmomentum = 0.9\n",
        {"trainer.fit.optimizer=" + optimizer, std::string{"trainer.fit.epochs="} + epochs,
         "values.attack=fgsm"});
    const auto out = run::train(plan.trainings.front(), *testing::load_first(plan), {},
                                compute::open_device(GetParam()), {});
    return values_of(*out.device->queue(), out.at.weights);
  };
  const auto moved = trained("test_span_sgd", "2");
  EXPECT_TRUE(same_bits(moved, trained("sgd", "2")));
  EXPECT_FALSE(same_bits(moved, trained("test_span_sgd", "1")));
}

INSTANTIATE_TEST_SUITE_P(Devices, SpansOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe
