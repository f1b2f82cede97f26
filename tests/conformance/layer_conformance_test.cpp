// Every layer in the catalogue with its defaults: its backward is the derivative of its forward,
// and its four arithmetics agree.
#include "framework/verify/layer_checks.hpp"

#include <steppe/random.hpp>

#include <ostream>

#include "differences.hpp"
#include "passes.hpp"
#include "plugin_layer.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {
namespace plugin {

inline void PrintTo(const StageInfo& stage, std::ostream* out) { *out << stage.name; }

}  // namespace plugin

namespace {

using reference::Matrix;
using reference::Operands;
using reference::Real;
using reference::relative_error;

/// Even, for layers that cut their input in two.
constexpr std::size_t width = 6, rows = 9;

std::vector<plugin::StageInfo> layers() {
  std::vector<plugin::StageInfo> out;
  for (const auto& stage : testing::catalogue().stages())
    if (stage.kind == "layer") out.push_back(stage);
  return out;
}

class AnyLayer : public ::testing::TestWithParam<plugin::StageInfo> {
 protected:
  static Real filled(std::size_t high, std::size_t wide, std::uint64_t key) {
    Real out{high, wide};
    Stream random{key};
    for (double& value : out.values) value = static_cast<double>(random.normal());
    return out;
  }
  Operands<double> operands(std::uint64_t key) const {
    Operands<double> out;
    for (std::size_t j = 0; j < inputs; ++j) out.x.push_back(filled(rows, width, key + j));
    if (layer.segments > 0) out.weights = {filled(1, layer.calls->weights(), key + inputs)};
    return out;
  }
  Real of_result(std::uint64_t key) const { return filled(rows, layer.calls->columns(), key); }

  /// From one arithmetic to another, entry by entry.
  template <class To, class From>
  static Matrix<To> converted(const Matrix<From>& from) {
    Matrix<To> to{from.rows, from.columns};
    for (std::size_t i = 0; i < to.values.size(); ++i)
      to.values[i] = static_cast<To>(from.values[i]);
    return to;
  }
  template <class To, class From>
  static Operands<To> converted(const Operands<From>& from) {
    Operands<To> to;
    for (const auto& x : from.x) to.x.push_back(converted<To>(x));
    for (const auto& weights : from.weights) to.weights.push_back(converted<To>(weights));
    return to;
  }
  static void expect_close(const Operands<double>& got, const Operands<double>& wanted,
                           double tolerance) {
    EXPECT_LT(relative_error(got.x, wanted.x), tolerance);
    EXPECT_LT(relative_error(got.weights, wanted.weights), tolerance);
  }

  const std::size_t inputs = static_cast<const steppe_layer*>(GetParam().table->table)->inputs;
  const reference::FromPlugin layer{GetParam(), std::vector<std::size_t>(inputs, width)};
  const Operands<double> at = operands(10), direction = operands(20);
  const Real dy = of_result(30), dy_tangent = of_result(31);
};

TEST_P(AnyLayer, BackwardIsTheDerivativeOfForward) {
  EXPECT_EQ(verify::fault_of_backward(GetParam()), "");
}

TEST_P(AnyLayer, TangentsAreTheDifferences) {
  const auto passes = passes_of(layer, at, direction, dy, dy_tangent);
  const auto moved = tangents_by_differences(layer, at, direction, dy, dy_tangent);
  EXPECT_LT(relative_error(passes.y_tangent, moved.y), 1e-6);
  expect_close(passes.gradient_tangent, moved.gradient, 1e-6);
}

TEST_P(AnyLayer, SinglePrecisionIsCloseToDouble) {
  const auto near = converted<float>(at);
  EXPECT_LT(relative_error(converted<double>(layer.forward(near)), layer.forward(at)), 1e-5);
  expect_close(converted<double>(layer.backward(near, converted<float>(dy))),
               layer.backward(at, dy), 1e-5);
}

TEST_P(AnyLayer, DualNumbersOfFloatsAreCloseToThoseOfDoubles) {
  using Near = Dual<float>;
  const auto both = reference::moving(at, direction);
  const auto moves = reference::moving(dy, dy_tangent);
  const auto near = converted<Near>(both);
  const auto y = converted<Dual<double>>(layer.forward(near));
  const auto gradient = converted<Dual<double>>(layer.backward(near, converted<Near>(moves)));
  const auto wanted = passes_of(layer, at, direction, dy, dy_tangent);
  EXPECT_LT(relative_error(value_of(y), wanted.y), 1e-5);
  EXPECT_LT(relative_error(tangent_of(y), wanted.y_tangent), 1e-5);
  for (std::size_t j = 0; j < inputs; ++j)
    EXPECT_LT(relative_error(tangent_of(gradient.x[j]), wanted.gradient_tangent.x[j]), 1e-5);
  for (std::size_t s = 0; s < layer.segments; ++s)
    EXPECT_LT(relative_error(tangent_of(gradient.weights[s]), wanted.gradient_tangent.weights[s]),
              1e-5);
}

TEST_P(AnyLayer, ARowDoesNotSeeTheOthers) {
  Operands<double> first = at;
  for (Real& x : first.x) {
    x.rows = 1;
    x.values.resize(x.columns);
  }
  Real alone = layer.forward(first), all = layer.forward(at);
  all.values.resize(alone.values.size());
  EXPECT_EQ(alone.values, all.values);
}

TEST_P(AnyLayer, WhatIsNotAskedForChangesNothing) {
  std::vector<std::vector<double>> x;
  for (const Real& matrix : at.x) x.push_back(matrix.values);
  const auto weights = layer.segments > 0 ? at.weights[0].values : std::vector<double>{};
  const std::vector<bool> all(inputs, true), none(inputs, false);
  const auto both = layer.calls->backward(rows, x, weights, dy.values, {all, true}),
             only_x = layer.calls->backward(rows, x, weights, dy.values, {all, false}),
             only_weights = layer.calls->backward(rows, x, weights, dy.values, {none, true});
  EXPECT_EQ(only_x.x, both.x);
  EXPECT_EQ(only_weights.weights, both.weights);
}

INSTANTIATE_TEST_SUITE_P(Catalogue, AnyLayer, ::testing::ValuesIn(layers()),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace steppe
