// Sharpness measures through the real plugins, on trained toy networks.
#include "framework/run/sharpness.hpp"

#include "framework/run/evaluator.hpp"
#include "framework/run/landscape.hpp"
#include "framework/run/training.hpp"

#include <cmath>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

/// One trained network of a tiny study with one sharpness stage.
struct Measured {
  Measured(const std::string& device, const std::string& sharpness,
           const std::vector<std::string>& sets = {})
      : plan{tiny_plan(
            "\n[sharpness.it]\nof = \"fit\"\non = \"features\"\nsplit = \"train\"\n" + sharpness,
            sets)},
        data{testing::load_first(plan)},
        trained{train(plan.trainings.front(), *data, {}, compute::open_device(device), {})},
        weights{weights_now()},
        result{measure_sharpness(plan.sharpness.front(), trained, *data, {}, {})} {}

  double value(const std::string& name) const {
    for (const auto& q : result.quantities)
      if (q.name == name) return q.value;
    ADD_FAILURE() << "no " << name;
    return std::nan("");
  }
  double uncertainty(const std::string& name) const {
    for (const auto& q : result.quantities)
      if (q.name == name) return q.uncertainty;
    return std::nan("");
  }
  std::vector<float> weights_now() const {
    auto out = values_of(*trained.device->queue(), trained.at.weights);
    const auto buffers = values_of(*trained.device->queue(), trained.at.buffers);
    out.insert(out.end(), buffers.begin(), buffers.end());
    return out;
  }

  pipeline::Plan plan;
  std::shared_ptr<const data::Dataset> data;
  TrainedNetwork trained;
  std::vector<float> weights;
  pipeline::MeasuredSharpness result;
};

class SharpnessOn : public ::testing::TestWithParam<const char*> {};

/// Logistic regression on 2 x 15 + 2 columns.
const std::vector<std::string> logistic{"model.tagger.hidden=[]",
                                        "transform.features.constituents=2"};

/// E[s (1 - s) a a^T] over the training split of logistic regression, a = (standardised inputs, 1)
/// cut to some of the columns.
class LogisticHessian {
 public:
  LogisticHessian(const Measured& m, std::vector<std::size_t> columns)
      : columns_{std::move(columns)} {
    const auto rows = data::rows_of(*m.data, data::Split::train, {});
    const auto queue = m.trained.device->queue();
    const auto logits =
        Evaluator{*m.trained.network, *queue, *m.data}.run(m.trained.at, rows).logits;
    const auto mean = values_of(*queue, m.trained.at.buffers.segment(0));
    const auto factor = values_of(*queue, m.trained.at.buffers.segment(1));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      std::vector<double> a;
      for (const auto c : columns_)
        a.push_back((double{m.data->features().row(rows[r])[c]} - mean[c]) * factor[c]);
      a_.push_back(std::move(a));
      const double s = 1 / (1 + std::exp(-double{logits[r]}));
      curvature_.push_back(s * (1 - s));
    }
  }

  /// By power iteration in double, to the end.
  double largest() const {
    std::vector<double> v(columns_.size(), 1.0);
    double value = 0;
    for (int i = 0; i < 20000; ++i) {
      auto w = times(v);
      double square = 0;
      for (const double x : w) square += x * x;
      value = std::sqrt(square);
      for (std::size_t c = 0; c < w.size(); ++c) v[c] = w[c] / value;
    }
    return value;
  }
  double trace() const {
    double sum = 0;
    for (std::size_t r = 0; r < a_.size(); ++r)
      for (const double x : a_[r]) sum += curvature_[r] * x * x;
    return sum / static_cast<double>(a_.size());
  }

 private:
  std::vector<double> times(const std::vector<double>& v) const {
    std::vector<double> out(v.size(), 0.0);
    for (std::size_t r = 0; r < a_.size(); ++r) {
      double dot = 0;
      for (std::size_t c = 0; c < v.size(); ++c) dot += a_[r][c] * v[c];
      for (std::size_t c = 0; c < v.size(); ++c)
        out[c] += curvature_[r] * dot * a_[r][c] / static_cast<double>(a_.size());
    }
    return out;
  }

  std::vector<std::size_t> columns_;
  std::vector<std::vector<double>> a_;
  std::vector<double> curvature_;
};

std::vector<std::size_t> all_columns(const Measured& m) {
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < m.data->features().columns; ++c) out.push_back(c);
  return out;
}

TEST_P(SharpnessOn, LanczosFindsTheClosedFormOfLogisticRegression) {
  const Measured m{GetParam(),
                   "use = \"hessian\"\nevents = 0\nmove = [\"dense_0.weight\"]\n"
                   "written_out = 1\nsteps = 32\n",
                   logistic};
  const LogisticHessian exact{m, all_columns(m)};
  const double largest = exact.largest();
  EXPECT_NEAR(m.value("largest"), largest, 1e-5 * largest);
  EXPECT_LT(m.uncertainty("largest"), 1e-4 * largest);
}

TEST_P(SharpnessOn, AWrittenOutHessianIsTheClosedFormToo) {
  const Measured m{GetParam(), "use = \"hessian\"\nevents = 0\nmove = [\"dense_0.weight\"]\n",
                   logistic};
  const LogisticHessian exact{m, all_columns(m)};
  EXPECT_NEAR(m.value("largest"), exact.largest(), 1e-5 * exact.largest());
  EXPECT_NEAR(m.value("trace"), exact.trace(), 1e-5 * exact.trace());
  EXPECT_GT(m.value("smallest"), -1e-5 * exact.largest());
}

TEST_P(SharpnessOn, AnInputHessianOfLogisticRegressionHasRankOne) {
  // H_j = s (1 - s) w w^T in standardised columns: the mean's one eigenvalue is E[s (1 - s)]
  // ||w||^2.
  const Measured m{GetParam(),
                   "use = \"hessian\"\nspace = \"inputs\"\nevents = 0\nmove = [\"jet.*\"]\n",
                   logistic};
  const auto queue = m.trained.device->queue();
  const auto w = values_of(*queue, m.trained.at.weights.segment(0));
  const auto factor = values_of(*queue, m.trained.at.buffers.segment(1));
  const auto columns = m.data->features().columns;
  double square = 0;
  for (const auto c : {columns - 2, columns - 1})
    square += std::pow(double{w[c]} * double{factor[c]}, 2);
  const auto rows = data::rows_of(*m.data, data::Split::train, {});
  double curvature = 0;
  for (const float z :
       Evaluator{*m.trained.network, *queue, *m.data}.run(m.trained.at, rows).logits) {
    const double s = 1 / (1 + std::exp(-double{z}));
    curvature += s * (1 - s) / static_cast<double>(rows.size());
  }
  EXPECT_NEAR(m.value("largest"), curvature * square, 1e-5 * curvature * square);
  EXPECT_NEAR(m.value("smallest"), 0.0, 1e-6 * curvature * square);
}

TEST_P(SharpnessOn, LanczosAndAWrittenOutHessianAgreeOnTheLastLayerOfADeepNetwork) {
  const std::string last = "use = \"hessian\"\nevents = 0\nmove = [\"dense_3.*\"]\n";
  const Measured all{GetParam(), last};
  const Measured lanczos{GetParam(), last + "written_out = 1\nsteps = 33\n"};
  EXPECT_NEAR(lanczos.value("largest"), all.value("largest"), 1e-5 * all.value("largest"));
  EXPECT_NEAR(lanczos.value("smallest"), all.value("smallest"), 1e-5 * all.value("largest"));
}

TEST_P(SharpnessOn, LeavesTheNetworkAsItIsBitForBit) {
  for (const auto* measure : {"use = \"gradient_ascent\"\n", "use = \"monte_carlo\"\ndraws = 5\n",
                              "use = \"hessian\"\nmove = [\"dense_3.*\"]\n"}) {
    const Measured m{GetParam(), measure};
    EXPECT_TRUE(same_bits(m.weights, m.weights_now())) << measure;
  }
}

TEST_P(SharpnessOn, GradientAscentRisesAtFirstByTheGradientsLength) {
  // For a small step the rise is step * ||g||, and doubling the step doubles it.
  const auto rise = [&](const char* step) {
    return Measured{GetParam(), std::string{"use = \"gradient_ascent\"\nsteps = 1\nstep = "} + step}
        .value("rise");
  };
  const double one = rise("0.001"), two = rise("0.002");
  EXPECT_GT(one, 0);
  EXPECT_NEAR(two / one, 2.0, 0.1);
}

TEST_P(SharpnessOn, GradientAscentStaysInItsBall) {
  // In a ball smaller than a step the walk stops where the first step ends.
  const Measured free{GetParam(), "use = \"gradient_ascent\"\nsteps = 1\nstep = 0.01\n"};
  const Measured held{GetParam(),
                      "use = \"gradient_ascent\"\nsteps = 1\nstep = 1.0\nradius = 0.01\n"};
  EXPECT_NEAR(held.value("rise"), free.value("rise"), 1e-3 * free.value("rise"));
}

TEST_P(SharpnessOn, AMonteCarloMeanIsHalfTheTraceTimesTheSquaredDistanceNearAMinimum) {
  // E[rise] = rho^2 tr(H) / (2 n) + O(rho^4) on a sphere in n dimensions.
  const std::string move = "events = 0\nmove = [\"dense_0.weight\"]\n";
  const Measured hessian{GetParam(), "use = \"hessian\"\n" + move, logistic};
  const Measured around{GetParam(), "use = \"monte_carlo\"\nrho = 0.5\ndraws = 400\n" + move,
                        logistic};
  const auto n = static_cast<double>(hessian.data->features().columns);
  const double expected = 0.25 * hessian.value("trace") / (2 * n);
  EXPECT_NEAR(around.value("mean_rise"), expected,
              4 * around.uncertainty("mean_rise") + 0.02 * expected);
}

INSTANTIATE_TEST_SUITE_P(Devices, SharpnessOn, ::testing::Values("cpu", "far"),
                         [](const auto& one) { return std::string{one.param}; });

TEST(Sharpness, WithLabelsZeroDiffersFromTheTrueOnes) {
  const std::string measure = "use = \"gradient_ascent\"\nclasses = \"signal\"\n";
  const Measured right{"cpu", measure};
  const Measured zero{"cpu", measure + "label = \"zero\"\n"};
  EXPECT_GT(zero.value("loss"), right.value("loss"));
}

}  // namespace
}  // namespace steppe::run
