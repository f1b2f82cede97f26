// Trainings in the precisions that can be asked for.
#include "framework/run/train/training.hpp"

#include <cmath>
#include <cstdio>

#include "bf16.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using compute::Precision;
using support::Bf16Variable;
using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

TrainedNetwork train_with(const std::vector<std::string>& sets, const char* device = "cpu") {
  const auto plan = tiny_plan("", sets);
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  return train(plan.trainings.front(), *testing::load_first(plan), {}, compute::open_device(device),
               surroundings);
}

std::vector<float> weights_with(const std::vector<std::string>& sets, const char* device = "cpu") {
  const auto trained = train_with(sets, device);
  return values_of(*trained.device->queue(), trained.at.weights);
}

double length(const std::vector<float>& values) {
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value) * static_cast<double>(value);
  return std::sqrt(sum);
}

double distance(const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> out(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) out[i] = a[i] - b[i];
  return length(out) / length(b);
}

TEST(PrecisionOfTrainings, IsF32BitForBitWhereNothingElseIsToBeHad) {
  const Bf16Variable variable{nullptr};
  if (compute::why_no_bf16().empty()) GTEST_SKIP() << "bfloat16 products are fast here";
  const auto asked = tiny_plan("", {"trainer.fit.precision=bf16"}).trainings.front();
  EXPECT_EQ(asked.precision.update, Precision::f32);
  EXPECT_EQ(asked.trainer.wiring.text("precision"), "bf16");
  EXPECT_TRUE(same_bits(weights_with({"values.attack=fgsm"}),
                        weights_with({"values.attack=fgsm", "trainer.fit.precision=bf16x3",
                                      "trainer.fit.attack_precision=bf16"})));
}

class Bf16Trainings : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto reason = support::without_bf16(); !reason.empty()) GTEST_SKIP() << reason;
  }
  const Bf16Variable variable{"always"};
};

TEST_F(Bf16Trainings, StayBesideThoseInF32) {
  const auto exact = weights_with({});
  const auto six = weights_with({"trainer.fit.precision=bf16x6"}),
             three = weights_with({"trainer.fit.precision=bf16x3"}),
             one = weights_with({"trainer.fit.precision=bf16"});
  EXPECT_FALSE(same_bits(six, exact));
  EXPECT_FALSE(same_bits(three, six));
  // Adam's first steps have the signs of gradients: those near 0 grow into differences.
  EXPECT_LE(distance(six, exact), 1e-3);
  EXPECT_LE(distance(three, exact), 3e-3);
  EXPECT_LE(distance(one, exact), 0.1);
  EXPECT_LT(distance(three, exact), distance(one, exact));
}

TEST_F(Bf16Trainings, HaveAPrecisionOfTheirAttacksAlone) {
  const std::string coarse = "trainer.fit.attack_precision=bf16";
  EXPECT_TRUE(same_bits(weights_with({}), weights_with({coarse})));
  EXPECT_FALSE(same_bits(weights_with({"values.attack=fgsm"}),
                         weights_with({"values.attack=fgsm", coarse})));
}

TEST_F(Bf16Trainings, AreTheSameBytesOnEveryDevice) {
  const std::vector<std::string> sets{"values.attack=fgsm", "trainer.fit.precision=bf16x3",
                                      "trainer.fit.attack_precision=bf16"};
  EXPECT_TRUE(same_bits(weights_with(sets, "cpu"), weights_with(sets, "far")));
}

TEST_F(Bf16Trainings, AreValidatedInF32) {
  // Weights that do not move, and no statistics: what is evaluated is the same network.
  const auto history = [](const std::string& precision) {
    return train_with({"optimizer.adamw.learning_rate=0", "optimizer.adamw.weight_decay=0",
                       "model.tagger.batch_norm=false", "trainer.fit.precision=" + precision})
        .history;
  };
  const auto exact = history("f32"), coarse = history("bf16");
  ASSERT_EQ(exact.names, (std::vector<std::string>{"loss", "validation_loss"}));
  EXPECT_NE(coarse.epochs.back()[0], exact.epochs.back()[0]);
  EXPECT_EQ(coarse.epochs.back()[1], exact.epochs.back()[1]);
}

TEST_F(Bf16Trainings, OfThreeProductsKeepTheSignsOfGradientsOfToyJets) {
  const auto plan = tiny_plan("", {"values.jets=400"});
  testing::Bench bench{plan, "cpu", 128};
  const auto dx = bench.device->matrix(128, bench.batch.features().columns);
  const auto dw = bench.device->flat(bench.network.weights());
  struct Gradients {
    std::vector<float> inputs, weights;
  };
  const auto gradients = [&](Precision precision) -> Gradients {
    bench.loss.forward(bench.at, bench.batch.features(), bench.batch.labels(), STEPPE_LOSS,
                       network::Mode::train_frozen, precision);
    bench.loss.input_gradient(dx);
    bench.loss.weight_gradient(bench.batch.weights(), dw);
    return {values_of(*bench.queue, dx), values_of(*bench.queue, dw)};
  };
  const auto flips = [](const std::vector<float>& a, const std::vector<float>& b) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < a.size(); ++i) count += a[i] * b[i] < 0 ? 1U : 0U;
    return static_cast<double>(count) / static_cast<double>(a.size());
  };
  const auto exact = gradients(Precision::f32);
  for (const auto& [precision, part] :
       {std::pair{Precision::bf16x6, 2e-5}, std::pair{Precision::bf16x3, 5e-5},
        std::pair{Precision::bf16, 0.05}}) {
    const auto got = gradients(precision);
    const double of_inputs = flips(got.inputs, exact.inputs),
                 of_weights = flips(got.weights, exact.weights);
    std::printf("  %-7s flips %.4f %%, %.4f %%\n", std::string{name_of(precision)}.c_str(),
                100 * of_inputs, 100 * of_weights);
    EXPECT_LE(of_inputs, part);
    EXPECT_LE(of_weights, part);
  }
}

}  // namespace
}  // namespace steppe::run
