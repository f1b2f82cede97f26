// Eigenvalues of Hessians: every method against closed forms and against each other.
#include "framework/run/objective/evaluator.hpp"

#include "sharpness_fixture.hpp"

namespace steppe::run {
namespace {

using testing::values_of;

class HessianOn : public SharpnessOn {};

/// E[s (1 - s) a a^T] over the training split of logistic regression, a = standardised inputs.
class LogisticHessian {
 public:
  explicit LogisticHessian(const Measured& m)
      : size_{m.data->features().columns}, values_(size_ * size_, 0.0) {
    const auto rows = m.rows();
    const auto queue = m.trained.device->queue();
    const auto logits =
        Evaluator{*m.trained.network, *queue, *m.data}.run(m.trained.at, rows).logits;
    const auto mean = values_of(*queue, m.trained.at.buffers.segment(0));
    const auto factor = values_of(*queue, m.trained.at.buffers.segment(1));
    std::vector<double> a(size_);
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t c = 0; c < size_; ++c)
        a[c] = (double{m.data->features().row(rows[r])[c]} - mean[c]) * factor[c];
      const double s = 1 / (1 + std::exp(-double{logits[r]}));
      const double curvature = s * (1 - s) / static_cast<double>(rows.size());
      mean_curvature_ += curvature;
      for (std::size_t i = 0; i < size_; ++i)
        for (std::size_t j = 0; j < size_; ++j) values_[i * size_ + j] += curvature * a[i] * a[j];
    }
  }

  /// By power iteration in double, to the end.
  double largest() const {
    std::vector<double> v(size_, 1.0), w(size_);
    double value = 0;
    for (int n = 0; n < 20000; ++n) {
      for (std::size_t i = 0; i < size_; ++i) {
        w[i] = 0;
        for (std::size_t j = 0; j < size_; ++j) w[i] += values_[i * size_ + j] * v[j];
      }
      double square = 0;
      for (const double x : w) square += x * x;
      value = std::sqrt(square);
      for (std::size_t i = 0; i < size_; ++i) v[i] = w[i] / value;
    }
    return value;
  }
  double trace() const {
    double sum = 0;
    for (std::size_t i = 0; i < size_; ++i) sum += values_[i * size_ + i];
    return sum;
  }
  double mean_curvature() const { return mean_curvature_; }

 private:
  std::size_t size_;
  std::vector<double> values_;
  double mean_curvature_ = 0;
};

TEST_P(HessianOn, LanczosFindsTheClosedFormOfLogisticRegression) {
  const Measured m{GetParam(),
                   "use = \"hessian\"\nevents = 0\nmove = [\"dense_0.weight\"]\n"
                   "written_out = 1\nsteps = 32\n",
                   logistic};
  const LogisticHessian exact{m};
  const double largest = exact.largest();
  EXPECT_NEAR(m.value("largest"), largest, 1e-5 * largest);
  EXPECT_LT(m.uncertainty("largest"), 1e-4 * largest);
}

TEST_P(HessianOn, AWrittenOutHessianIsTheClosedFormToo) {
  const Measured m{GetParam(), "use = \"hessian\"\nevents = 0\nmove = [\"dense_0.weight\"]\n",
                   logistic};
  const LogisticHessian exact{m};
  EXPECT_NEAR(m.value("largest"), exact.largest(), 1e-5 * exact.largest());
  EXPECT_NEAR(m.value("trace"), exact.trace(), 1e-5 * exact.trace());
  EXPECT_GT(m.value("smallest"), -1e-5 * exact.largest());
}

TEST_P(HessianOn, AnInputHessianOfLogisticRegressionHasRankOne) {
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

/// The last layer of a deep network.
const std::string last_layer = "use = \"hessian\"\nevents = 0\nmove = [\"dense_3.*\"]\ntop = 3\n";

TEST_P(HessianOn, AllMethodsAgreeOnTheLastLayerAndGiveResiduals) {
  const auto by = [&](const std::string& method) {
    return Measured{GetParam(), last_layer + method};
  };
  const auto exact = by("method = \"closed_form\"\n");
  const auto written = by("method = \"written_out\"\n");
  const auto lanczos = by("method = \"lanczos\"\nsteps = 33\n");
  const auto power = by("method = \"power\"\nblock = 6\n");
  const double scale = 1e-6 * exact.value("dominant");
  for (const auto* name : {"dominant", "dominant_2", "dominant_3"})
    for (const auto* other : {&written, &lanczos, &power})
      EXPECT_NEAR(other->value(name), exact.value(name), scale) << name;
  for (const auto* name : {"dominant", "dominant_2", "dominant_3"})
    for (const auto* one : {&exact, &written, &lanczos, &power}) {
      EXPECT_GE(one->uncertainty(name), 0.0) << name;
      EXPECT_LE(one->uncertainty(name), 10 * scale) << name;
    }
  for (const auto* name : {"largest", "largest_2", "largest_3", "smallest"})
    for (const auto* other : {&written, &lanczos})
      EXPECT_NEAR(other->value(name), exact.value(name), scale) << name;
  EXPECT_NEAR(written.value("trace"), exact.value("trace"), 1e-6 * exact.value("trace"));
}

TEST_P(HessianOn, TheClosedFormOfTheLastLayerTakesTheBiasInOrLeavesItOut) {
  const std::string closed = "use = \"hessian\"\nevents = 0\nmethod = \"closed_form\"\n";
  const Measured with{GetParam(), closed + "move = [\"dense_0.*\"]\n", logistic};
  const Measured without{GetParam(), closed + "move = [\"dense_0.weight\"]\n", logistic};
  const LogisticHessian exact{without};
  EXPECT_NEAR(without.value("largest"), exact.largest(), 1e-6 * exact.largest());
  EXPECT_NEAR(without.value("trace"), exact.trace(), 1e-6 * exact.trace());
  // The bias adds E[s (1 - s)] to the trace, and nothing can fall.
  EXPECT_NEAR(with.value("trace") - without.value("trace"), exact.mean_curvature(),
              1e-6 * exact.trace());
  EXPECT_GE(with.value("largest"), without.value("largest"));
}

TEST_P(HessianOn, PowerIterationFindsAlsoSmallOnesOfALogisticInputHessianOfRankOne) {
  const Measured m{GetParam(),
                   "use = \"hessian\"\nspace = \"inputs\"\nevents = 0\nbatch = 1000\n"
                   "method = \"power\"\ntop = 2\niterations = 5\nmove = [\"jet.*\"]\n",
                   logistic};
  EXPECT_NEAR(m.value("dominant_2"), 0.0, 1e-5 * m.value("dominant"));
}

/// Few constituents, and one activation.
std::vector<std::string> with_activation(const std::string& name) {
  return {"model.tagger.activation=\"" + name + "\"", "transform.features.constituents=3"};
}
const std::string inputs =
    "use = \"hessian\"\nspace = \"inputs\"\nevents = 40\nmove = [\"constituent.0.*\"]\n";

TEST_P(HessianOn, OfAPiecewiseLinearNetworkInItsInputsIsAClosedForm) {
  for (const auto* activation : {"relu", "leaky_relu"}) {
    const Measured written{GetParam(), inputs, with_activation(activation)};
    const Measured closed{GetParam(), inputs + "method = \"closed_form\"\n",
                          with_activation(activation)};
    const double scale = 1e-6 * written.value("largest");
    EXPECT_GT(scale, 0);
    for (const auto* name : {"dominant", "largest", "smallest", "trace"})
      EXPECT_NEAR(closed.value(name), written.value(name), 2 * scale) << activation << name;
  }
}

TEST_P(HessianOn, TheIterationsAgreeWithAWrittenOutInputHessian) {
  const std::string one_batch = inputs + "batch = 100\n";
  const Measured written{GetParam(), one_batch};
  const Measured power{GetParam(), one_batch + "method = \"power\"\nblock = 4\n"};
  const Measured lanczos{GetParam(), one_batch + "method = \"lanczos\"\nsteps = 15\n"};
  const double scale = 2e-6 * std::abs(written.value("dominant"));
  EXPECT_NEAR(power.value("dominant"), written.value("dominant"), scale);
  EXPECT_NEAR(lanczos.value("dominant"), written.value("dominant"), scale);
  EXPECT_NEAR(lanczos.value("smallest"), written.value("smallest"), scale);
}

/// The sentence with which a measurement fails.
std::string refusal(const std::string& sharpness, const std::vector<std::string>& sets = {}) {
  const ToMeasure m{"cpu", sharpness, sets};
  try {
    m.measure();
  } catch (const std::exception& error) {
    return error.what();
  }
  return {};
}

TEST(Hessian, RefusesClosedFormsWhereTheyDoNotHold) {
  const auto says = [](const std::string& sentence, const char* part) {
    return sentence.find(part) != std::string::npos;
  };
  EXPECT_TRUE(says(refusal(inputs + "method = \"closed_form\"\n"), "piecewise linear"));
  EXPECT_TRUE(says(refusal(inputs + "method = \"closed_form\"\nbatch_norm = \"batch\"\n",
                           with_activation("relu")),
                   "running statistics"));
  const std::string closed = "use = \"hessian\"\nmethod = \"closed_form\"\n";
  for (const auto* move : {"dense_3.bias", "batch_norm_2.gamma", "batch_norm_2.*"})
    EXPECT_TRUE(says(refusal(closed + "move = [\"" + move + "\"]\n"), "last layer")) << move;
  // Of the shape of the last one, and not it.
  EXPECT_TRUE(
      says(refusal(closed + "move = [\"dense_1.weight\"]\n", {"model.tagger.hidden=[1, 1]"}),
           "of another one"));
}

TEST(Hessian, RefusesInputHessiansWhereEventsDependOnEachOther) {
  EXPECT_NE(refusal(inputs + "batch_norm = \"batch\"\n").find("batch_norm = \"inference\""),
            std::string::npos);
}

TEST(Hessian, RefusesToIterateOverSeveralPiecesAtOnce) {
  EXPECT_NE(refusal(inputs + "batch = 30\nmethod = \"power\"\n").find("average = \"batches\""),
            std::string::npos);
}

TEST_P(HessianOn, ItsMeanOverOneBatchIsThatOfAllEvents) {
  for (const auto& [measure, batch] :
       {std::pair{last_layer + "pieces = \"batches\"\n", "batch = 1000\n"},
        {inputs + "per_batch_share = true\n", "batch = 100\n"}}) {
    const Measured all{GetParam(), measure + batch};
    const Measured one{GetParam(), measure + batch + "average = \"batches\"\n"};
    EXPECT_DOUBLE_EQ(one.value("dominant"), all.value("dominant"));
    EXPECT_EQ(one.uncertainty("dominant"), 0.0);
    EXPECT_NEAR(one.value("dominant_residual"), all.uncertainty("dominant"),
                1e-12 * all.value("dominant"));
  }
}

TEST_P(HessianOn, BatchesHaveHessiansOfTheirOwnWhoseMeanIsThatOfAllEvents) {
  // All batches are full: 2 x 60 events.
  const std::string measure =
      "use = \"hessian\"\nmove = [\"dense_3.weight\"]\nevents = 60\nbatch = 40\n";
  const Measured all{GetParam(), measure};
  const Measured batches{GetParam(), measure + "pieces = \"batches\"\naverage = \"batches\"\n"};
  EXPECT_NEAR(batches.value("trace"), all.value("trace"), 1e-6 * all.value("trace"));
  // The largest eigenvalue is convex.
  EXPECT_GT(batches.value("largest"), all.value("largest"));
  EXPECT_GT(batches.uncertainty("largest"), 0.0);
}

TEST_P(HessianOn, ABatchsShareDividesAnInputHessianByItsEvents) {
  const Measured plain{GetParam(), inputs + "batch = 80\n"};
  const Measured shared{GetParam(), inputs + "batch = 80\nper_batch_share = true\n"};
  EXPECT_NEAR(80 * shared.value("largest"), plain.value("largest"), 1e-12 * plain.value("largest"));
}

TEST_P(HessianOn, ADominantEigenvalueThatIsNegativeIsFoundNegative) {
  // One hidden unit u = w x_last, logit = b silu(u), of signal events:
  //   H_j = ((s - 1) b silu''(u) + s (1 - s) b^2 silu'(u)^2) w^2,  negative for 0 < b < 4 near u =
  //   0
  const std::string measure =
      "use = \"hessian\"\nspace = \"inputs\"\nclasses = \"signal\"\nevents = 0\n"
      "batch = 1000\nmove = [\"jet.*\"]\n";
  const std::vector<std::string> small{"model.tagger.hidden=[1]", "model.tagger.batch_norm=false",
                                       "transform.features.constituents=2"};
  constexpr double w = 0.2, b = 2;
  for (const auto* method : {"written_out", "power", "lanczos"}) {
    const ToMeasure m{GetParam(), measure + "method = \"" + method + "\"\n", small};
    const auto queue = m.trained.device->queue();
    const auto columns = m.data->features().columns;
    queue->fill(m.trained.at.weights, 0.0F);
    {
      const compute::Mapped hidden{*queue, m.trained.at.weights.segment(0)};
      *hidden->row(columns - 1) = static_cast<float>(w);
    }
    queue->fill(m.trained.at.weights.segment(2), static_cast<float>(b));
    const auto mean = values_of(*queue, m.trained.at.buffers.segment(0))[columns - 1];
    const double factor{values_of(*queue, m.trained.at.buffers.segment(1))[columns - 1]};
    double expected = 0;
    const auto rows = m.rows(1);
    for (const auto row : rows) {
      const double u = w * double{m.data->features().row(row)[columns - 1] - mean} * factor;
      const double g = 1 / (1 + std::exp(-u)), dg = g * (1 - g);
      const double first = g + u * dg, second = 2 * dg + u * dg * (1 - 2 * g);
      const double s = 1 / (1 + std::exp(-b * u * g));
      const double curved = (s - 1) * b * second + s * (1 - s) * b * b * first * first;
      expected += curved * std::pow(w * factor, 2) / static_cast<double>(rows.size());
    }
    ASSERT_LT(expected, 0);
    EXPECT_NEAR((Readings{m.measure()}.value("dominant")), expected, 1e-5 * -expected) << method;
  }
}

STEPPE_ON_DEVICES(HessianOn);

}  // namespace
}  // namespace steppe::run
