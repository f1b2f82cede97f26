// Several classes and real targets through the whole house, against closed forms.
#include "framework/run/measure/sharpness.hpp"
#include "framework/run/objective/evaluator.hpp"
#include "framework/run/study.hpp"
#include "framework/run/train/training.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <array>
#include <cmath>
#include <filesystem>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::run {
namespace {

using testing::Bench;
using testing::plan_of;
using testing::values_of;

/// A linear model on a reader of test_readers.cpp, trained on whole splits.
std::string linear_text(const std::string& reader, const std::string& more) {
  return "[pipeline]\nname = 'linear'\n[reader.events]\nuse = '" + reader + R"('
[model.linear]
use    = "dense"
hidden = []
[optimizer.sgd]
learning_rate = 0.1
[attack.fgsm]
epsilon = 0.05
[trainer.fit]
use       = "supervised"
data      = "events"
model     = "linear"
optimizer = "sgd"
batch     = 1000
epochs    = 200
keep      = "last"
)" + more;
}

pipeline::Plan linear_plan(const std::string& reader, const std::string& more = "",
                           const std::vector<std::string>& sets = {}) {
  return plan_of(linear_text(reader, more), sets);
}

struct Fit {
  Fit(const pipeline::Plan& plan, const std::string& device)
      : data{testing::load_first(plan)},
        trained{train(plan.trainings.front(), *data, {}, compute::open_device(device), {})},
        rows{data::rows_of(*data, data::Split::train, {})} {
    const auto queue = trained.device->queue();
    weights = values_of(*queue, trained.at.weights.segment(0));
    bias = values_of(*queue, trained.at.weights.segment(1));
    outputs = Evaluator{*trained.network, *queue, *data}.run(trained.at, rows);
  }

  std::shared_ptr<const data::Dataset> data;
  TrainedNetwork trained;
  std::vector<std::uint32_t> rows;
  std::vector<float> weights, bias;
  Outputs outputs;
};

/// sum w a a^T and sum w a y over rows, with a = (x0, x1, 1), divided by sum w.
struct Moments {
  std::array<std::array<double, 3>, 3> square{};
  std::array<double, 3> target{};

  explicit Moments(const Fit& fit) {
    double total = 0;
    for (const auto row : fit.rows) {
      const float* x = fit.data->features().row(row);
      const double a[] = {double{x[0]}, double{x[1]}, 1.0};
      const double w = *fit.data->weights().row(row), y = *fit.data->labels().row(row);
      total += w;
      for (std::size_t i = 0; i < 3; ++i) {
        target[i] += w * a[i] * y;
        for (std::size_t j = 0; j < 3; ++j) square[i][j] += w * a[i] * a[j];
      }
    }
    for (std::size_t i = 0; i < 3; ++i) {
      target[i] /= total;
      for (double& entry : square[i]) entry /= total;
    }
  }

  /// The least-squares solution, by elimination.
  std::array<double, 3> solution() const {
    auto a = square;
    auto b = target;
    for (std::size_t k = 0; k < 3; ++k)
      for (std::size_t i = 0; i < 3; ++i) {
        if (i == k) continue;
        const double factor = a[i][k] / a[k][k];
        for (std::size_t j = 0; j < 3; ++j) a[i][j] -= factor * a[k][j];
        b[i] -= factor * b[k];
      }
    return {b[0] / a[0][0], b[1] / a[1][1], b[2] / a[2][2]};
  }
};

class LossesOn : public ::testing::TestWithParam<const char*> {};

TEST_P(LossesOn, ALinearModelReachesTheWeightedLeastSquares) {
  const Fit fit{linear_plan("test_plane"), GetParam()};
  EXPECT_EQ(fit.trained.loss().kind, network::LossKind::squared_error);
  const auto exact = Moments{fit}.solution();
  EXPECT_NEAR(fit.weights[0], exact[0], 1e-5);
  EXPECT_NEAR(fit.weights[1], exact[1], 1e-5);
  EXPECT_NEAR(fit.bias[0], exact[2], 1e-5);
  EXPECT_NEAR(exact[0], 2, 0.1);
}

TEST_P(LossesOn, TheHessianOfTheSquaredErrorIsTwiceTheSecondMoments) {
  const auto plan = linear_plan("test_plane",
                                "[sharpness.it]\nuse = 'hessian'\nof = 'fit'\non = 'events'\n"
                                "split = 'train'\nevents = 0\ntop = 3\n",
                                {"trainer.fit.epochs=1"});
  const Fit fit{plan, GetParam()};
  const auto got =
      measure_sharpness(plan.sharpness.front(), fit.trained, *fit.data, {}, {}).quantities;
  const auto value = [&](const std::string& name) {
    for (const auto& q : got)
      if (q.name == name) return q.value;
    ADD_FAILURE() << "no " << name;
    return 0.0;
  };
  const Moments moments{fit};
  double trace = 0, squares = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    trace += 2 * moments.square[i][i];
    for (const double entry : moments.square[i]) squares += 4 * entry * entry;
  }
  EXPECT_NEAR(value("trace"), trace, 1e-5 * trace);
  double eigenvalues = 0;
  for (const auto* name : {"largest", "largest_2", "largest_3"})
    eigenvalues += value(name) * value(name);
  EXPECT_NEAR(eigenvalues, squares, 1e-5 * squares);
}

TEST_P(LossesOn, HuberOfAWideParabolaFindsTheSamePlane) {
  // Half the squared error: the same steps at twice the learning rate.
  const Fit squared{linear_plan("test_plane"), GetParam()};
  const Fit huber{linear_plan("test_plane", "loss = 'huber'\nhuber_delta = 1e6\n",
                              {"optimizer.sgd.learning_rate=0.2"}),
                  GetParam()};
  EXPECT_EQ(huber.trained.loss().delta, 1e6F);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_NEAR(huber.weights[i], squared.weights[i], 1e-5);
}

TEST_P(LossesOn, FgsmClimbsTheGradientOfTheSoftmax) {
  const auto plan = linear_plan("test_blobs", "attack = 'fgsm'\n");
  Bench bench{plan, GetParam(), 60};
  const auto w = values_of(*bench.queue, bench.at.weights.segment(0));  // features x classes
  const auto b = values_of(*bench.queue, bench.at.weights.segment(1));
  const auto labels = values_of(*bench.queue, bench.batch.labels());
  const auto before = bench.features();
  const auto losses = bench.losses();
  auto attacker = testing::attacker_on(bench, plan);
  attacker.move_events(bench.loss, bench.at, bench.batch, 60, {});
  const auto after = bench.features();
  const auto raised = bench.losses();

  std::size_t checked = 0;
  for (std::size_t r = 0; r < 60; ++r) {
    std::array<double, 3> p{};
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      double z = b[c];
      for (std::size_t f = 0; f < 3; ++f) z += double{before[3 * r + f]} * double{w[3 * f + c]};
      sum += p[c] = std::exp(z);
    }
    // x' = x + epsilon sign(W (p - e_y))
    for (std::size_t f = 0; f < 3; ++f) {
      double slope = -double{w[3 * f + static_cast<std::size_t>(labels[r])]};
      for (std::size_t c = 0; c < 3; ++c) slope += double{w[3 * f + c]} * p[c] / sum;
      if (std::abs(slope) < 1e-6) continue;
      EXPECT_NEAR(after[3 * r + f], before[3 * r + f] + (slope > 0 ? 0.05 : -0.05), 1e-6);
      ++checked;
    }
    EXPECT_GT(raised[r], losses[r]);
  }
  EXPECT_GT(checked, 170U);
}

TEST_P(LossesOn, TheLogitOfAnEventIsThatOfItsClass) {
  Bench bench{linear_plan("test_blobs"), GetParam(), 50};
  const auto own = bench.logits(network::Mode::inference);
  std::vector<std::uint32_t> rows(50);
  for (std::uint32_t r = 0; r < 50; ++r) rows[r] = r;
  const auto all = Evaluator{bench.network, *bench.queue, *bench.data}.run(bench.at, rows).logits;
  ASSERT_EQ(all.size(), 150U);
  const auto labels = values_of(*bench.queue, bench.batch.labels());
  for (std::size_t r = 0; r < 50; ++r)
    EXPECT_EQ(own[r], all[3 * r + static_cast<std::size_t>(labels[r])]);
}

TEST_P(LossesOn, AWeightFileKeepsTheLoss) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("losses_test." + std::to_string(::getpid()) + ".safetensors");
  const Fit fit{linear_plan("test_blobs", "", {"trainer.fit.epochs=2"}), GetParam()};
  save_weights(path, fit.trained, {"fit", {}, "events", ""});
  const auto back = load_weights(path, fit.trained.device).trained;
  std::filesystem::remove(path);
  EXPECT_EQ(back.loss().kind, network::LossKind::cross_entropy);
  EXPECT_EQ(back.loss().outputs, 3U);
  EXPECT_EQ(back.loss().classes, 3U);
  const auto queue = back.device->queue();
  const auto again = Evaluator{*back.network, *queue, *fit.data}.run(back.at, fit.rows);
  EXPECT_TRUE(testing::same_bits(again.logits, fit.outputs.logits));
}

TEST_P(LossesOn, LabelZeroIsTheFirstClassOrTheValueZero) {
  const std::string uphill =
      "[sharpness.it]\nuse = 'gradient_ascent'\nof = 'fit'\non = 'events'\nsplit = 'train'\n"
      "events = 0\nlabel = 'zero'\n";
  for (const auto* reader : {"test_blobs", "test_plane"}) {
    const auto plan = linear_plan(reader, uphill, {"trainer.fit.epochs=3"});
    const Fit fit{plan, GetParam()};
    const auto outputs = fit.trained.loss().outputs;
    double wanted = 0, total = 0;
    for (std::size_t r = 0; r < fit.rows.size(); ++r) {
      const float* z = fit.outputs.logits.data() + r * outputs;
      double sum = 0;
      for (std::size_t c = 0; c < outputs; ++c) sum += std::exp(double{z[c]});
      const double w = *fit.data->weights().row(fit.rows[r]);
      wanted += w * (outputs > 1 ? std::log(sum) - double{z[0]} : double{z[0]} * double{z[0]});
      total += w;
    }
    const auto measured = measure_sharpness(plan.sharpness.front(), fit.trained, *fit.data, {}, {});
    EXPECT_EQ(measured.quantities.front().name, "loss");
    EXPECT_NEAR(measured.quantities.front().value, wanted / total, 1e-5 * wanted / total);
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, LossesOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

StudyOutcome run_with(const pipeline::Plan& plan, int threads) {
  Observer nobody;
  return run_study(plan, {threads, nullptr}, nobody);
}

const std::string evaluated = "[evaluate]\nof = 'fit'\non = ['events']\nmetrics = ['";

TEST(Losses, SeveralClassesAreLearnedTheSameEverywhere) {
  const auto toml = evaluated + "accuracy']\n";
  const std::vector<std::string> many{"reader.events.events=3000", "trainer.fit.batch=64",
                                      "trainer.fit.epochs=5", "reader.events.classes=5"};
  const auto one = run_with(linear_plan("test_blobs", toml, many), 1);
  ASSERT_TRUE(one.failures.empty()) << one.failures.front().sentence;
  const auto& accuracy = one.results.rows.front().quantities.front();
  // Two of five blobs, 3 sqrt(2) apart, overlap beyond 3 / sqrt(2) deviations: 1.7 %, and four
  // others are near, which leaves more than 90 %.
  EXPECT_GT(accuracy.value, 0.9);
  EXPECT_LT(accuracy.value, 1.0);
  EXPECT_EQ(one.results.data.front().class_rows, std::vector<std::size_t>(5, 600));
  EXPECT_EQ(accuracy.value, run_with(linear_plan("test_blobs", toml, many), 2)
                                .results.rows.front()
                                .quantities.front()
                                .value);
  auto far = many;
  far.push_back("pipeline.device=far");
  EXPECT_EQ(accuracy.value, run_with(linear_plan("test_blobs", toml, far), 1)
                                .results.rows.front()
                                .quantities.front()
                                .value);
}

TEST(Losses, TheErrorOfARegressionIsTheNoise) {
  const auto outcome =
      run_with(linear_plan("test_plane", evaluated + "mean_squared_error']\n",
                           {"reader.events.events=20000", "trainer.fit.batch=16000"}),
               1);
  ASSERT_TRUE(outcome.failures.empty()) << outcome.failures.front().sentence;
  const auto& error = outcome.results.rows.front().quantities.front();
  EXPECT_NEAR(error.value, 0.0625, 4 * error.uncertainty);
  EXPECT_GT(error.uncertainty, 0);
  EXPECT_TRUE(outcome.results.data.front().class_rows.empty());
}

TEST(Losses, AMetricForTwoClassesSaysWhatToUseBeforeAnythingRuns) {
  try {
    verify::plan_of(testing::catalogue(), linear_text("test_blobs", evaluated + "auc']\n"), {});
    FAIL() << "it was accepted";
  } catch (const verify::Refused& refused) {
    EXPECT_THAT(
        refused.what(),
        ::testing::HasSubstr("metric 'auc': it needs a target of two classes, and this one has 3 "
                             "classes; use 'accuracy'"));
  }
}

}  // namespace
}  // namespace steppe::run
