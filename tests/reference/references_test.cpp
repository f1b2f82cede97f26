// The references against central differences of themselves in double: backward against forward, and
// both on dual numbers against both on plain ones.
#include <cstdio>
#include <string>

#include "differences.hpp"
#include "losses.hpp"
#include "network.hpp"
#include "network_fixture.hpp"
#include "passes.hpp"

namespace steppe::reference {
namespace {

using compute::random_matrix;

/// Operands with numbers in them: matrices of these shapes.
struct Shapes {
  std::vector<std::pair<std::size_t, std::size_t>> x, weights;
};

Operands<double> filled(const Shapes& shapes, std::uint64_t key) {
  Operands<double> made;
  for (const auto& [rows, columns] : shapes.x)
    made.x.push_back(random_matrix(rows, columns, ++key));
  for (const auto& [rows, columns] : shapes.weights)
    made.weights.push_back(random_matrix(rows, columns, ++key));
  return made;
}

/// All four passes; the worst relative error is printed.
template <class Layer>
void expect_passes(const std::string& name, const Layer& layer, const Shapes& shapes) {
  SCOPED_TRACE(name);
  const Operands<double> at = filled(shapes, 10), direction = filled(shapes, 30);
  const Real y = layer.forward(at), dy = random_matrix(y.rows, y.columns, 50),
             dy_tangent = random_matrix(y.rows, y.columns, 51);
  const Passes passes = passes_of(layer, at, direction, dy, dy_tangent);
  const Operands<double> gradient = layer.backward(at, dy),
                         slopes = gradient_by_differences(layer, at, dy);
  const Tangents moved = tangents_by_differences(layer, at, direction, dy, dy_tangent);
  const auto of_gradient = [](const Operands<double>& got, const Operands<double>& wanted) {
    return std::max(relative_error(got.x, wanted.x), relative_error(got.weights, wanted.weights));
  };
  EXPECT_LT(relative_error(passes.y, y), 1e-14);
  EXPECT_LT(of_gradient(passes.gradient, gradient), 1e-14);
  const double worst =
      std::max({of_gradient(gradient, slopes), relative_error(passes.y_tangent, moved.y),
                of_gradient(passes.gradient_tangent, moved.gradient)});
  EXPECT_LT(worst, 1e-6);
  std::printf("  %-24s %.1e\n", name.c_str(), worst);
}

TEST(References, PassesOfLayersAreTheDifferences) {
  expect_passes("dense", Dense{}, {{{7, 5}}, {{5, 3}, {1, 3}}});
  expect_passes("dense without bias", Dense{1}, {{{7, 5}}, {{5, 3}}});
  expect_passes("add", Sum{}, {{{7, 5}, {7, 5}}, {}});
  expect_passes("standardise", Standardised{random_matrix(1, 5, 1), random_matrix(1, 5, 2)},
                {{{7, 5}}, {}});
  expect_passes("dropout", Masked{random_matrix(7, 5, 3)}, {{{7, 5}}, {}});
  for (const auto& [activation, kind] : activations)
    expect_passes(std::string{activation}, Activated{kind, 0.125}, {{{9, 5}}, {}});
}

TEST(References, PassesOfNormalisationsAreTheDifferences) {
  Real variance = random_matrix(1, 6, 2);
  for (double& value : variance.values) value = 0.25 + value * value;
  const Shapes shapes{{{8, 6}}, {{1, 6}, {1, 6}}};
  expect_passes("batch_norm in training", BatchNorm{}, shapes);
  expect_passes("batch_norm in inference", BatchNorm{false, random_matrix(1, 6, 1), variance},
                shapes);
  expect_passes("layer_norm", LayerNorm{}, shapes);
}

TEST(References, PassesOfLossesAreTheDifferences) {
  Real labels{12, 1};
  for (std::size_t r = 0; r < labels.rows; ++r) labels(r, 0) = static_cast<double>(r % 3) / 2;
  expect_passes("binary cross-entropy", BinaryCrossEntropy{labels}, {{{12, 1}}, {}});
  for (std::size_t r = 0; r < labels.rows; ++r) labels(r, 0) = static_cast<double>(r % 5);
  expect_passes("cross-entropy", CrossEntropy{labels}, {{{12, 5}}, {}});
  const Real targets = random_matrix(12, 1, 60);
  expect_passes("squared error", SquaredError{targets}, {{{12, 1}}, {}});
  expect_passes("huber", Huber{targets, 0.75}, {{{12, 1}}, {}});
}

TEST(References, PassesOfANetworkAreTheDifferences) {
  const network::Network made{network::every_operation()};
  Shapes shapes{{{9, 6}}, {}};
  std::vector<Real> buffers;
  for (const auto& segment : made.weights()->segments())
    shapes.weights.emplace_back(segment.rows, segment.columns);
  for (const auto& segment : made.buffers()->segments()) {
    buffers.push_back(random_matrix(segment.rows, segment.columns, buffers.size()));
    for (double& value : buffers.back().values) value = 0.25 + value * value;
  }
  for (const bool inference : {false, true})
    expect_passes(inference ? "network in inference" : "network in training",
                  Network{made.graph(), buffers, inference}, shapes);
}

TEST(References, BatchNormMovesRunningStatisticsWithTheUnbiasedVariance) {
  BatchNorm norm{.mean = {1, 1}, .variance = {1, 1}};
  norm.variance(0, 0) = 1;
  Real x{3, 1};
  x.values = {1, 2, 6};
  norm.update(x, 0.5);
  EXPECT_DOUBLE_EQ(norm.mean(0, 0), 1.5);
  EXPECT_DOUBLE_EQ(norm.variance(0, 0), 4.0);  // half of 1, and half of (4 + 1 + 9) / 2
}

}  // namespace
}  // namespace steppe::reference
