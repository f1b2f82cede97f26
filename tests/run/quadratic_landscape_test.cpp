// Sharpness plugins on a landscape whose Hessian is known: a quadratic loss behind the C table.
#include "framework/plugin/instance.hpp"
#include "framework/plugin/results_bridge.hpp"

#include <steppe/random.hpp>

#include <cmath>

#include "sharpness_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using Vector = std::vector<double>;

/// L(x) = 1/2 x^T H x in one piece, H = Q diag(eigenvalues) Q with the reflection Q = 1 - 2 q q^T.
class Quadratic {
 public:
  Quadratic(plugin::StageHost& host, Vector eigenvalues)
      : queue_{host.queue()},
        eigenvalues_{std::move(eigenvalues)},
        q_(eigenvalues_.size()),
        point_values_{queue_.device().matrix(1, eigenvalues_.size())} {
    Stream stream{3};
    double square = 0;
    for (double& x : q_) square += std::pow(x = double{stream.normal()}, 2);
    for (double& x : q_) x /= std::sqrt(square);
    point_.size = sizeof point_;
    point_.values = &point_values_;
    point_.row_ids = &no_event_;
    objective_.size = sizeof objective_;
    objective_.self = this;
    objective_.evaluate = [](void* self, const steppe_tensor* at, steppe_quantity,
                             steppe_tensor* values, steppe_tensor* gradient) {
      auto& here = *static_cast<Quadratic*>(self);
      const auto x = here.read(*at), hx = here.times(x);
      if (gradient) here.write(hx, *gradient);
      double loss = 0;
      for (std::size_t i = 0; i < x.size(); ++i) loss += 0.5 * x[i] * hx[i];
      if (values) here.write({loss}, *values);
      return steppe_status{STEPPE_OK};
    };
    objective_.hessian = [](void* self, const steppe_tensor*, const steppe_tensor* direction,
                            steppe_tensor* result) {
      auto& here = *static_cast<Quadratic*>(self);
      ++here.products;
      here.write(here.times(here.read(*direction)), *result);
      return steppe_status{STEPPE_OK};
    };
    table_.size = sizeof table_;
    table_.self = this;
    table_.space = STEPPE_WEIGHTS;
    table_.next = [](void* self, const steppe_point** point, const steppe_objective** objective,
                     std::uint64_t* events) {
      auto& here = *static_cast<Quadratic*>(self);
      const bool more = !std::exchange(here.shown_, true);
      *point = more ? &here.point_ : nullptr;
      *objective = more ? &here.objective_ : nullptr;
      *events = 1;
      return steppe_status{STEPPE_OK};
    };
  }

  const steppe_landscape* table() const { return &table_; }
  /// Puts the point at so far along eigenvector `k`.
  void start_along(std::size_t k, double distance) {
    Vector unit(q_.size(), 0.0);
    unit[k] = distance;
    write(reflected(unit), point_values_);
  }

  /// As if it were the logit of one event, too.
  void call_it_inputs() {
    table_.space = STEPPE_INPUTS;
    table_.piecewise_linear = 1;
  }

  int products = 0;  ///< Hessian-vector products asked for

 private:
  Vector reflected(Vector x) const {
    double along = 0;
    for (std::size_t i = 0; i < x.size(); ++i) along += q_[i] * x[i];
    for (std::size_t i = 0; i < x.size(); ++i) x[i] -= 2 * along * q_[i];
    return x;
  }
  Vector times(const Vector& x) const {
    auto turned = reflected(x);
    for (std::size_t i = 0; i < x.size(); ++i) turned[i] *= eigenvalues_[i];
    return reflected(std::move(turned));
  }
  Vector read(const steppe_tensor& from) const {
    const auto values = testing::values_of(queue_, from.tensor);
    return {values.begin(), values.end()};
  }
  void write(const Vector& values, const steppe_tensor& to) const {
    const compute::Mapped view{queue_, to.tensor};
    for (std::size_t i = 0; i < values.size(); ++i) view->row(0)[i] = static_cast<float>(values[i]);
  }

  compute::Queue& queue_;
  Vector eigenvalues_, q_;
  steppe_tensor point_values_;
  std::uint64_t no_event_ = 0;
  steppe_point point_{};
  steppe_objective objective_{};
  steppe_landscape table_{};
  bool shown_ = false;
};

/// A measure, with settings as in a pipeline file, on a quadratic landscape.
class OnAQuadratic : public SharpnessOn {
 protected:
  Readings measure(const std::string& settings, const Vector& eigenvalues, double start = 0,
                   bool as_inputs = false) {
    const auto plan =
        testing::tiny_plan("\n[sharpness.it]\nof = \"fit\"\non = \"features\"\n" + settings);
    const auto& stage = plan.sharpness.front().stage;
    const plugin::Instance instance{*stage.info, stage.settings, stage.name};
    const auto device = compute::open_device(GetParam());
    const auto queue = device->queue();
    plugin::Surroundings surroundings;
    surroundings.queue = queue.get();
    plugin::StageHost host{"sharpness", stage.name, surroundings};
    Quadratic landscape{host, eigenvalues};
    landscape.start_along(0, start);
    if (as_inputs) landscape.call_it_inputs();
    Readings out;
    plugin::ResultsBridge results{out.result.quantities, out.result.curves};
    host.finish(instance.functions<steppe_sharpness>().measure(instance.get(), host.get(),
                                                               landscape.table(), results.get()));
    products = landscape.products;
    return out;
  }

  int products = 0;
};

const Vector mixed{2, -5, 1, 0.25, -0.5, 3, 0, 0.125, 4.5, -1};

TEST_P(OnAQuadratic, PowerIterationFindsTheLargestMagnitudeWithItsSign) {
  const auto m = measure("use = \"hessian\"\nmethod = \"power\"\n", mixed);
  EXPECT_NEAR(m.value("dominant"), -5.0, 1e-6 * 5);
  EXPECT_LT(m.uncertainty("dominant"), 1e-5 * 5);
  EXPECT_FALSE(m.has("largest"));
}

TEST_P(OnAQuadratic, ABlockFindsThemInTheOrderOfTheirMagnitude) {
  const auto m = measure("use = \"hessian\"\nmethod = \"power\"\ntop = 4\nblock = 5\n", mixed);
  const Vector expected{-5, 4.5, 3, 2};
  for (std::size_t k = 0; k < expected.size(); ++k)
    EXPECT_NEAR(m.value(k == 0 ? "dominant" : "dominant_" + std::to_string(k + 1)), expected[k],
                1e-6 * 5);
}

TEST_P(OnAQuadratic, ABlockIsFasterWhereTwoAreNearlyTheSame) {
  const Vector close{1, 0.999, 0.1, 0.2, -0.3};
  measure("use = \"hessian\"\nmethod = \"power\"\n", close);
  const int alone = products;
  measure("use = \"hessian\"\nmethod = \"power\"\nblock = 2\n", close);
  EXPECT_LT(10 * products, alone);
}

TEST_P(OnAQuadratic, ABlockEndsWhereOppositeEigenvaluesKeepOneVectorTurning) {
  const Vector opposite{2, -2, 0.5};
  const auto one = measure("use = \"hessian\"\nmethod = \"power\"\niterations = 50\n", opposite);
  EXPECT_GT(one.uncertainty("dominant"), 0.1);
  const auto two =
      measure("use = \"hessian\"\nmethod = \"power\"\nblock = 2\niterations = 50\n", opposite);
  EXPECT_NEAR(std::abs(two.value("dominant")), 2.0, 1e-6);
  EXPECT_LT(products, 100);
}

TEST_P(OnAQuadratic, ResidualsBoundTheDistanceToAnEigenvalueAtEveryStage) {
  for (const int iterations : {1, 2, 4, 8}) {
    const auto m = measure(
        "use = \"hessian\"\nmethod = \"power\"\niterations = " + std::to_string(iterations) + "\n",
        mixed);
    double nearest = INFINITY;
    for (const double exact : mixed)
      nearest = std::min(nearest, std::abs(exact - m.value("dominant")));
    EXPECT_LE(nearest, m.uncertainty("dominant")) << iterations;
    EXPECT_EQ(products, iterations);
  }
}

TEST_P(OnAQuadratic, EveryMethodThatFindsBothEndsFindsThem) {
  for (const auto* method : {"written_out", "lanczos"}) {
    const auto m =
        measure(std::string{"use = \"hessian\"\ntop = 3\nmethod = \""} + method + "\"\n", mixed);
    EXPECT_NEAR(m.value("largest"), 4.5, 5e-6);
    EXPECT_NEAR(m.value("largest_3"), 2.0, 5e-6);
    EXPECT_NEAR(m.value("smallest"), -5.0, 5e-6);
    EXPECT_NEAR(m.value("dominant"), -5.0, 5e-6);
    EXPECT_NEAR(m.value("dominant_2"), 4.5, 5e-6);
  }
}

TEST_P(OnAQuadratic, AHessianOfZeroHasEigenvaluesZero) {
  for (const auto* method : {"written_out", "lanczos", "power"}) {
    const auto m =
        measure(std::string{"use = \"hessian\"\nmethod = \""} + method + "\"\n", Vector(4, 0.0));
    EXPECT_EQ(m.value("dominant"), 0.0) << method;
    EXPECT_EQ(m.uncertainty("dominant"), 0.0) << method;
  }
}

TEST_P(OnAQuadratic, AClosedFormThatIsNotItsHessianIsRefused) {
  try {
    measure("use = \"hessian\"\nmethod = \"closed_form\"\n", mixed, 0.5, true);
    FAIL();
  } catch (const plugin::PluginError& error) {
    EXPECT_NE(std::string{error.what()}.find("binary cross-entropy"), std::string::npos);
  }
}

TEST_P(OnAQuadratic, AWalkAlongAnEigenvectorRisesByTheParabola) {
  // It stays on the eigenvector: 1/2 lambda ((d + k step)^2 - d^2) after k steps.
  const double d = 0.5, step = 0.25, lambda = mixed[0];
  const auto m = measure("use = \"gradient_ascent\"\nsteps = 3\nstep = 0.25\n", mixed, d);
  const auto& rise = m.curve("ascent");
  ASSERT_EQ(rise.size(), 4U);
  for (std::size_t k = 0; k < rise.size(); ++k) {
    const double end = d + static_cast<double>(k) * step;
    EXPECT_NEAR(rise[k], 0.5 * lambda * (end * end - d * d), 2e-6);
  }
  EXPECT_NEAR(m.value("loss"), 0.5 * lambda * d * d, 1e-6);
}

TEST_P(OnAQuadratic, ALongWalkInABallEndsOnItsSteepestAxis) {
  // The maximum of the loss in the ball around (almost) the minimum is 1/2 lambda_max radius^2.
  const Vector bowl{0.5, 3, 1, 0.25};
  const auto m =
      measure("use = \"gradient_ascent\"\nsteps = 300\nstep = 0.05\nradius = 0.5\n", bowl, 1e-3);
  EXPECT_NEAR(m.value("rise"), 0.5 * 3 * 0.25, 0.01);
}

TEST_P(OnAQuadratic, AMonteCarloMeanIsHalfTheTraceTimesTheSquaredDistanceOverTheDimension) {
  // E[x x^T] = rho^2 / n for the sphere of radius rho and for normal entries of that size alike.
  double trace = 0;
  for (const double x : mixed) trace += x;
  const double expected = 0.5 * 0.5 * trace / (2 * static_cast<double>(mixed.size()));
  for (const auto* from : {"sphere", "gaussian"}) {
    const auto m = measure(
        std::string{"use = \"monte_carlo\"\nrho = 0.5\ndraws = 4000\nfrom = \""} + from + "\"\n",
        mixed);
    EXPECT_NEAR(m.value("mean_rise"), expected, 3 * m.uncertainty("mean_rise")) << from;
    EXPECT_LT(m.uncertainty("mean_rise"), 0.2 * expected) << from;
  }
}

STEPPE_ON_DEVICES(OnAQuadratic);

}  // namespace
}  // namespace steppe::run
