// The operations layers are made of, against plain loops in double.
#include "layers.hpp"

#include "device_fixture.hpp"
#include "losses.hpp"
#include "passes.hpp"

namespace steppe::compute {
namespace {

using reference::activations;
using reference::passes_of;
using reference::product;

class LayerOperations : public OnDevice {};

TEST_P(LayerOperations, MatmulMultipliesInAllThreeWays) {
  struct Size {
    std::size_t rows, inner, columns;
  };
  for (const Size size : {Size{1, 1, 1}, Size{1, 602, 3}, Size{128, 602, 16}, Size{5, 33, 1},
                          Size{130, 17, 32}, Size{1037, 19, 7}, Size{3, 5, 40}}) {
    for (const Transpose transpose : {Transpose::none, Transpose::first, Transpose::second}) {
      const bool first = transpose == Transpose::first, second = transpose == Transpose::second;
      // For `first` the long dimension is the one summed over, as in a weight gradient.
      const std::size_t rows = first ? size.inner : size.rows;
      const std::size_t inner = first ? size.rows : size.inner;
      const Reference a = first ? random_matrix(inner, rows, 1) : random_matrix(rows, inner, 1);
      const Reference b =
          second ? random_matrix(size.columns, inner, 2) : random_matrix(inner, size.columns, 2);
      const Reference start = random_matrix(rows, size.columns, 3);
      const Tensor c = put(start);
      // In whatever order it is summed; one term after the other needs 4.1e-7.
      const double tolerance = 5e-7 * std::sqrt(static_cast<double>(inner));
      queue->matmul(put(a), put(b), c, transpose, {.accumulate = true});
      expect_near(get(c), product(a, b, start, transpose), tolerance, 3.0);
      queue->matmul(put(a), put(b), c, transpose);
      expect_near(get(c), product(a, b, {rows, size.columns}, transpose), tolerance, 3.0);
    }
  }
}

TEST_P(LayerOperations, MatmulRefusesOperandsThatDoNotFit) {
  const auto a = device->matrix(3, 4), b = device->matrix(5, 2), c = device->matrix(3, 2);
  try {
    queue->matmul(a, b, c, Transpose::none);
    FAIL() << "accepted";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(error.what(), "'matmul' cannot put 3 x 4 times 5 x 2 into 3 x 2");
  }
}

TEST_P(LayerOperations, AddRowAndStandardise) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1), mean = random_matrix(1, columns, 2),
                    factor = random_matrix(1, columns, 3);
    Reference sums{rows, columns}, standard{rows, columns};
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) {
        sums(r, c) = x(r, c) + mean(0, c);
        standard(r, c) = (x(r, c) - mean(0, c)) * factor(0, c);
      }
    }
    const Tensor added = put(x), scaled = device->matrix(rows, columns);
    queue->add_row(put(mean), added);
    queue->standardise(put(x), put(mean), put(factor), scaled);
    expect_near(get(added), sums, 1e-7);
    expect_near(get(scaled), standard, 3e-7);
  }
}

TEST_P(LayerOperations, ActivationsAndTheirDerivatives) {
  constexpr float slope = 0.125F;
  for (const auto& [name, kind] : activations) {
    SCOPED_TRACE(name);
    for (const auto& [rows, columns] : shapes) {
      const Reference x = random_matrix(rows, columns, 1, 5.0),
                      dy = random_matrix(rows, columns, 2),
                      x_tangent = random_matrix(rows, columns, 3),
                      dy_tangent = random_matrix(rows, columns, 4);
      const reference::Passes wanted = passes_of(reference::Activated{kind, 0.125}, {{x}, {}},
                                                 {{x_tangent}, {}}, dy, dy_tangent);
      const Tensor on_x = put(x), y = device->matrix(rows, columns), dx = put(dy),
                   moved = put(dy_tangent);
      queue->activate(kind, slope, on_x, y);
      queue->activate_second(kind, slope, on_x, put(x_tangent), dx, moved, moved);
      queue->activate_backward(kind, slope, on_x, dx, dx);
      expect_near(get(y), wanted.y, 8e-7, 1e-30);
      expect_near(get(dx), wanted.gradient.x[0], 4e-7, 0.5);
      expect_near(get(moved), wanted.gradient_tangent.x[0], 8e-7, 0.5);
    }
  }
}

TEST_P(LayerOperations, ActivationsKeepNanAndAreFiniteFarOut) {
  for (const auto& [name, kind] : activations) {
    SCOPED_TRACE(name);
    Reference x{1, 3}, ones{1, 3};
    x.values = {-1e30, 1e30, std::nan("")};
    ones.values = {1, 1, 1};
    const Tensor at = put(x), one = put(ones), y = put(x), dx = put(x), moved = put(x);
    queue->activate(kind, 1.0F, at, y);
    queue->activate_backward(kind, 1.0F, at, one, dx);
    queue->activate_second(kind, 1.0F, at, one, one, one, moved);
    for (const Tensor& tensor : {y, dx, moved})
      for (const std::size_t i : {0U, 1U}) EXPECT_TRUE(std::isfinite(get(tensor).values[i])) << i;
    EXPECT_TRUE(std::isnan(get(y).values[2]));
  }
}

TEST_P(LayerOperations, BinaryCrossEntropyIsRightForEveryLogit) {
  std::vector<double> logits{-80, -40, -20, -5, -1, -1e-3, 0, 1e-3, 0.5, 3, 20, 50, 80};
  Reference z{2 * logits.size(), 1}, y = z, ones = z, zeros = z;
  for (std::size_t i = 0; i < z.rows; ++i) {
    z(i, 0) = static_cast<double>(static_cast<float>(logits[i / 2]));
    y(i, 0) = static_cast<double>(i % 2);
    ones(i, 0) = 1;
  }
  const reference::Passes wanted =
      passes_of(reference::BinaryCrossEntropy{y}, {{z}, {}}, {{ones}, {}}, ones, zeros);
  const Tensor on_values = put(z), on_gradient = put(z), on_curvature = put(z);
  queue->bce_with_logits(put(z), put(y), on_values, on_gradient);
  queue->bce_with_logits_tangent(put(z), put(ones), on_curvature);
  expect_near(get(on_values), wanted.y, 5e-7, 0.0);
  expect_near(get(on_gradient), wanted.gradient.x[0], 5e-7, 0.0);
  expect_near(get(on_curvature), wanted.gradient_tangent.x[0], 1e-6, 0.0);
  const Tensor only = device->matrix(z.rows, 1);
  queue->bce_with_logits(put(z), put(y), {}, only);
  EXPECT_TRUE(same_bits(bits(only), bits(on_gradient)));
}

STEPPE_ON_EVERY_DEVICE(LayerOperations);

}  // namespace
}  // namespace steppe::compute
