// An exported network, evaluated by a small ONNX interpreter of this test's own in double
// precision, gives the logits of the network it was made of.
#include "framework/run/weights/onnx_file.hpp"

#include "framework/run/objective/evaluator.hpp"
#include "framework/run/train/training.hpp"

#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

#include "tiny_study.hpp"
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

namespace steppe::run {
namespace {

using Values = std::vector<double>;

/// Runs a model on one event at a time: every value is a vector, Gemm's second operand a matrix.
class Interpreter {
 public:
  explicit Interpreter(const std::string& bytes) {
    EXPECT_TRUE(model_.ParseFromString(bytes));
    for (const auto& tensor : model_.graph().initializer()) {
      std::vector<float> raw(tensor.raw_data().size() / sizeof(float));
      std::memcpy(raw.data(), tensor.raw_data().data(), tensor.raw_data().size());
      constants_[tensor.name()] = {raw.begin(), raw.end()};
    }
  }

  double logit(const Values& features) {
    auto at = constants_;
    at["features"] = features;
    for (const auto& node : model_.graph().node()) {
      std::vector<const Values*> x;
      for (const auto& input : node.input()) x.push_back(&at.at(input));
      at[node.output(0)] = apply(node, x);
    }
    EXPECT_NEAR(at.at("score").at(0), 1 / (1 + std::exp(-at.at("logit").at(0))), 1e-12);
    return at.at("logit").at(0);
  }

 private:
  using Inputs = std::vector<const Values*>;

  static double attribute(const onnx::NodeProto& node, const char* name) {
    for (const auto& one : node.attribute())
      if (one.name() == name) return static_cast<double>(one.f());
    ADD_FAILURE() << node.op_type() << " has no attribute " << name;
    return 0;
  }
  template <class Function>
  static Values each(const Values& x, Function&& f) {
    Values out;
    for (const double v : x) out.push_back(f(v));
    return out;
  }
  template <class Function>
  static Values both(const Inputs& x, Function&& f) {
    Values out;
    for (std::size_t i = 0; i < x[0]->size(); ++i)
      out.push_back(f((*x[0])[i], (*x[1])[x[1]->size() == 1 ? 0 : i]));
    return out;
  }
  static Values gemm(const Inputs& x) {
    const auto columns = x[1]->size() / x[0]->size();
    Values out(columns, 0.0);
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t k = 0; k < x[0]->size(); ++k)
        out[c] += (*x[0])[k] * (*x[1])[k * columns + c];
      if (x.size() == 3) out[c] += (*x[2])[c];
    }
    return out;
  }
  static Values batch_norm(const onnx::NodeProto& node, const Inputs& x) {
    Values out;
    for (std::size_t c = 0; c < x[0]->size(); ++c)
      out.push_back(((*x[0])[c] - (*x[3])[c]) / std::sqrt((*x[4])[c] + attribute(node, "epsilon")) *
                        (*x[1])[c] +
                    (*x[2])[c]);
    return out;
  }
  static Values layer_norm(const onnx::NodeProto& node, const Inputs& x) {
    const auto n = static_cast<double>(x[0]->size());
    const double mean = std::accumulate(x[0]->begin(), x[0]->end(), 0.0) / n;
    double square = 0;
    for (const double v : *x[0]) square += (v - mean) * (v - mean);
    Values out;
    for (std::size_t c = 0; c < x[0]->size(); ++c)
      out.push_back(((*x[0])[c] - mean) / std::sqrt(square / n + attribute(node, "epsilon")) *
                        (*x[1])[c] +
                    (*x[2])[c]);
    return out;
  }
  static Values apply(const onnx::NodeProto& node, const Inputs& x) {
    const auto& op = node.op_type();
    if (op == "Gemm") return gemm(x);
    if (op == "BatchNormalization") return batch_norm(node, x);
    if (op == "LayerNormalization") return layer_norm(node, x);
    if (op == "Sub") return both(x, [](double a, double b) { return a - b; });
    if (op == "Mul") return both(x, [](double a, double b) { return a * b; });
    if (op == "Add") return both(x, [](double a, double b) { return a + b; });
    if (op == "Identity") return *x[0];
    if (op == "Sigmoid") return each(*x[0], [](double v) { return 1 / (1 + std::exp(-v)); });
    if (op == "Erf") return each(*x[0], [](double v) { return std::erf(v); });
    if (op == "Relu") return each(*x[0], [](double v) { return std::max(v, 0.0); });
    if (op == "Tanh") return each(*x[0], [](double v) { return std::tanh(v); });
    if (op == "Softplus") return each(*x[0], [](double v) { return std::log1p(std::exp(v)); });
    if (op == "LeakyRelu") {
      const double slope = attribute(node, "alpha");
      return each(*x[0], [=](double v) { return v < 0 ? slope * v : v; });
    }
    if (op == "Elu") {
      const double alpha = attribute(node, "alpha");
      return each(*x[0], [=](double v) { return v < 0 ? alpha * std::expm1(v) : v; });
    }
    if (op == "Selu")  // ONNX's defaults
      return each(*x[0], [](double v) {
        return 1.05070102214813232421875 * (v < 0 ? 1.67326319217681884765625 * std::expm1(v) : v);
      });
    ADD_FAILURE() << "the interpreter knows no " << op;
    return *x[0];
  }

  onnx::ModelProto model_;
  std::map<std::string, Values> constants_;
};

void expect_logits_of_the_network(std::vector<std::string> sets) {
  sets.emplace_back("trainer.fit.epochs=1");
  const auto plan = testing::tiny_plan("", sets);
  const auto data = testing::load_first(plan);
  const auto device = compute::open_device("cpu");
  const SavedNetwork saved{{"fit", {}, "", ""},
                           train(plan.trainings.front(), *data, plan.splits, device, {})};
  Interpreter model{to_onnx(saved)};

  std::vector<std::uint32_t> rows(20);
  std::iota(rows.begin(), rows.end(), 0U);
  const auto queue = device->queue();
  const auto logits =
      Evaluator{*saved.trained.network, *queue, *data}.run(saved.trained.at, rows).logits;
  for (const auto row : rows) {
    const float* first = data->features().row(row);
    const double expected = static_cast<double>(logits[row]);
    EXPECT_NEAR(model.logit({first, first + data->features().columns}), expected,
                1e-5 * std::max(1.0, std::abs(expected)));
  }
}

class OnnxFile : public ::testing::TestWithParam<const char*> {};

TEST_P(OnnxFile, GivesTheLogitsOfItsNetwork) {
  expect_logits_of_the_network({std::string{"model.tagger.activation="} + GetParam()});
}

TEST(OnnxFileAfterTraining, HasNoDropoutAndTheMomentsItEndedWith) {
  expect_logits_of_the_network(
      {"model.tagger.dropout=0.4", "model.tagger.preprocess=[\"standardise_running\"]"});
}

INSTANTIATE_TEST_SUITE_P(Activations, OnnxFile,
                         ::testing::Values("silu", "relu", "leaky_relu", "gelu", "tanh", "elu",
                                           "selu", "softplus", "sigmoid"),
                         [](const auto& of) { return std::string{of.param}; });

TEST(OnnxScores, AreWhatTheTargetMakesOfLogits) {
  for (const auto& [reader, op, outputs] :
       {std::tuple{"test_blobs", "Softmax", 3}, std::tuple{"test_plane", "Identity", 1}}) {
    const auto plan = testing::plan_of(std::string{"[pipeline]\nname = 'it'\n[trainer.fit]\nuse = "
                                                   "'supervised'\nmodel = 'dense'\nepochs = 1\n"
                                                   "optimizer = 'sgd'\ndata = '"} +
                                       reader + "'\n");
    const auto data = testing::load_first(plan);
    const SavedNetwork saved{
        {"fit", {}, "", ""},
        train(plan.trainings.front(), *data, plan.splits, compute::open_device("cpu"), {})};
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(to_onnx(saved)));
    const auto& graph = model.graph();
    EXPECT_EQ(graph.node(graph.node_size() - 1).op_type(), op);
    for (const auto& output : graph.output())
      EXPECT_EQ(output.type().tensor_type().shape().dim(1).dim_value(), outputs);
  }
}

}  // namespace
}  // namespace steppe::run
