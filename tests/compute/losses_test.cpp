// Losses of several classes and of real targets against double, PyTorch, and each other.
#include <limits>

#include "device_fixture.hpp"
#include "torch_tables.hpp"

namespace steppe::compute {
namespace {

/// log(sum exp z) - z[y] of one row, and softmax(z) - (c == y), each from small parts only.
struct SoftmaxCase {
  double value = 0;
  std::vector<double> gradient, p;
};
SoftmaxCase softmax_case(const Reference& z, std::size_t row, std::size_t own) {
  SoftmaxCase out;
  const double* at = &z.values[row * z.columns];
  const auto top = static_cast<std::size_t>(std::max_element(at, at + z.columns) - at);
  double others = 0, wrong = 0, sum = 0;
  for (std::size_t c = 0; c < z.columns; ++c) {
    const double e = std::exp(at[c] - at[top]);
    others += c == top ? 0 : e;
    wrong += c == own ? 0 : e;
    sum += e;
    out.p.push_back(e);
  }
  for (double& p : out.p) p /= sum;
  out.value = (at[top] - at[own]) + std::log1p(others);
  out.gradient = out.p;
  out.gradient[own] = -wrong / sum;
  return out;
}

class LossOperations : public OnDevice {
 protected:
  Reference labels(std::size_t rows, std::size_t classes) {
    Reference out{rows, 1};
    for (std::size_t r = 0; r < rows; ++r) out(r, 0) = static_cast<double>(r * 7 % classes);
    return out;
  }
};

TEST_P(LossOperations, CrossEntropyIsRightForEveryShape) {
  for (const auto& [rows, columns] : shapes) {
    const Reference z = random_matrix(rows, columns, 3, 4.0), y = labels(rows, columns),
                    moved = random_matrix(rows, columns, 5);
    Reference values{rows, 1}, gradient = z, tangent = z;
    for (std::size_t r = 0; r < rows; ++r) {
      const auto exact = softmax_case(z, r, static_cast<std::size_t>(y(r, 0)));
      values(r, 0) = exact.value;
      double mean = 0;
      for (std::size_t c = 0; c < columns; ++c) mean += exact.p[c] * moved(r, c);
      for (std::size_t c = 0; c < columns; ++c) {
        gradient(r, c) = exact.gradient[c];
        tangent(r, c) = exact.p[c] * (moved(r, c) - mean);
      }
    }
    const Tensor on_values = device->matrix(rows, 1), on_gradient = put(z), on_tangent = put(z);
    queue->cross_entropy(put(z), put(y), on_values, on_gradient);
    queue->cross_entropy_tangent(put(z), put(moved), on_tangent);
    expect_near(get(on_values), values, 1e-6, 0.0);
    expect_near(get(on_gradient), gradient, 2e-6, 1e-9);
    expect_near(get(on_tangent), tangent, 2e-6, 1e-2);
    const Tensor only = device->matrix(rows, columns);
    queue->cross_entropy(put(z), put(y), {}, only);
    EXPECT_TRUE(same_bits(bits(only), bits(on_gradient)));
  }
}

TEST_P(LossOperations, CrossEntropyOfTwoClassesIsTheBinaryOneOfTheirDifference) {
  const Reference z = random_matrix(1037, 2, 1, 8.0), moved = random_matrix(1037, 2, 2),
                  y = labels(1037, 2);
  Reference difference{z.rows, 1}, difference_moved{z.rows, 1};
  for (std::size_t r = 0; r < z.rows; ++r) {
    // Exact in float, so that both see the same numbers.
    difference(r, 0) = static_cast<double>(static_cast<float>(z(r, 1) - z(r, 0)));
    difference_moved(r, 0) = static_cast<double>(static_cast<float>(moved(r, 1) - moved(r, 0)));
  }
  const Tensor values = device->matrix(z.rows, 1), gradient = put(z), tangent = put(z),
               binary = device->matrix(z.rows, 1), slope = put(difference), bent = put(difference);
  queue->cross_entropy(put(z), put(y), values, gradient);
  queue->cross_entropy_tangent(put(z), put(moved), tangent);
  queue->bce_with_logits(put(difference), put(y), binary, slope);
  queue->bce_with_logits_tangent(put(difference), put(difference_moved), bent);
  expect_near(get(values), get(binary), 3e-6, 0.0);
  const Reference two = get(gradient), two_moved = get(tangent), one = get(slope),
                  one_moved = get(bent);
  for (std::size_t r = 0; r < z.rows; ++r) {
    EXPECT_NEAR(two(r, 1), one(r, 0), 3e-6 * std::abs(one(r, 0)));
    EXPECT_EQ(two(r, 0), -two(r, 1));
    EXPECT_NEAR(two_moved(r, 1), one_moved(r, 0), 4e-6 * std::abs(one_moved(r, 0)) + 1e-9);
  }
}

TEST_P(LossOperations, AConfidentAnswerDoesNotCancel) {
  // z = (20, 0, -1) with label 0: the loss is e^-20 + e^-21 to first order.
  Reference z{2, 3}, y{2, 1};
  z.values = {20, 0, -1, 1e4, -1e4, 0};
  y.values = {0, 1};
  const Tensor values = device->matrix(2, 1), gradient = put(z);
  queue->cross_entropy(put(z), put(y), values, gradient);
  const double small = std::exp(-20.0) + std::exp(-21.0);
  EXPECT_NEAR(get(values)(0, 0), small, 1e-6 * small);
  EXPECT_NEAR(get(gradient)(0, 0), -small, 1e-6 * small);
  EXPECT_EQ(get(values)(1, 0), 2e4) << "wrong by 20000, and no overflow";
  EXPECT_EQ(get(gradient)(1, 0), 1.0);
  EXPECT_EQ(get(gradient)(1, 1), -1.0);
}

TEST_P(LossOperations, CrossEntropyGradientsSumToZero) {
  const Reference z = random_matrix(300, 10, 4, 3.0);
  const Tensor gradient = put(z);
  queue->cross_entropy(put(z), put(labels(300, 10)), {}, gradient);
  const Reference got = get(gradient);
  for (std::size_t r = 0; r < got.rows; ++r) {
    double sum = 0;
    for (std::size_t c = 0; c < got.columns; ++c) sum += got(r, c);
    EXPECT_NEAR(sum, 0.0, 1e-6);
  }
}

TEST_P(LossOperations, WhatIsNoNumberStaysNone) {
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  Reference z{4, 3}, y{4, 1};
  z.values = {nan, 0, 1, 0, nan, 1, 0, 1, nan, 0, 1, 2};
  y.values = {1, 1, 1, 3};  // the last is no class
  const Tensor values = device->matrix(4, 1), gradient = put(z), own = device->matrix(4, 1);
  queue->cross_entropy(put(z), put(y), values, gradient);
  queue->logit_of_label(put(z), put(y), own, {});
  for (std::size_t r = 0; r < 4; ++r) EXPECT_TRUE(std::isnan(get(values)(r, 0))) << r;
  for (const double entry : get(gradient).values) EXPECT_TRUE(std::isnan(entry));
  EXPECT_TRUE(std::isnan(get(own)(3, 0)));
}

TEST_P(LossOperations, TheLogitOfALabelIsItsColumn) {
  const Reference z = random_matrix(200, 17, 6), y = labels(200, 17);
  const Tensor values = device->matrix(200, 1), gradient = put(z);
  queue->logit_of_label(put(z), put(y), values, gradient);
  const Reference own = get(values), slope = get(gradient);
  for (std::size_t r = 0; r < z.rows; ++r) {
    EXPECT_EQ(own(r, 0), z(r, static_cast<std::size_t>(y(r, 0))));
    for (std::size_t c = 0; c < z.columns; ++c)
      EXPECT_EQ(slope(r, c), static_cast<double>(c) == y(r, 0) ? 1.0 : 0.0);
  }
}

TEST_P(LossOperations, SquaredErrorsHaveNoFactorOfOneHalf) {
  const Reference z = random_matrix(1037, 1, 1, 3.0), y = random_matrix(1037, 1, 2, 3.0);
  Reference values = z, gradient = z;
  for (std::size_t r = 0; r < z.rows; ++r) {
    const double away = z(r, 0) - y(r, 0);
    values(r, 0) = away * away;
    gradient(r, 0) = 2 * away;
  }
  const Tensor on_values = put(z), on_gradient = put(z);
  queue->squared_error(put(z), put(y), on_values, on_gradient);
  expect_near(get(on_values), values, 3e-7, 1e-6);
  expect_near(get(on_gradient), gradient, 2e-7, 1.0);
}

TEST_P(LossOperations, HuberIsAParabolaThatGoesOnStraight) {
  Reference z{7, 1}, y{7, 1}, moved{7, 1};
  z.values = {0.25, -0.25, 0.5, -0.5, 0.75, -4, 3};
  y.values = {0, 0, 0, 0, 0, 0, 3};
  moved.values = {1, 2, 3, 4, 5, 6, 7};
  const Tensor values = put(z), gradient = put(z), tangent = put(z);
  queue->huber(put(z), put(y), 0.5F, values, gradient);
  queue->huber_tangent(put(z), put(y), 0.5F, put(moved), tangent);
  EXPECT_EQ(get(values).values,
            (std::vector<double>{0.03125, 0.03125, 0.125, 0.125, 0.25, 1.875, 0}));
  EXPECT_EQ(get(gradient).values, (std::vector<double>{0.25, -0.25, 0.5, -0.5, 0.5, -0.5, 0}));
  EXPECT_EQ(get(tangent).values, (std::vector<double>{1, 2, 0, 0, 0, 0, 7}));
}

TEST_P(LossOperations, HuberOfAWideParabolaIsHalfTheSquaredError) {
  const Reference z = random_matrix(129, 1, 1), y = random_matrix(129, 1, 2);
  const Tensor half = put(z), slope = put(z), whole = put(z), whole_slope = put(z);
  queue->huber(put(z), put(y), 1e6F, half, slope);
  queue->squared_error(put(z), put(y), whole, whole_slope);
  queue->scale(2.0F, half);
  queue->scale(2.0F, slope);
  EXPECT_TRUE(same_bits(bits(half), bits(whole)));
  EXPECT_TRUE(same_bits(bits(slope), bits(whole_slope)));
}

TEST_P(LossOperations, AreThoseOfPyTorch) {
  namespace tables = torch_tables;
  constexpr std::size_t rows = tables::loss_rows, classes = tables::loss_classes;
  Reference z{rows, classes}, moved{rows, classes}, y{rows, 1}, out{rows, 1}, target{rows, 1};
  for (std::size_t i = 0; i < z.values.size(); ++i) {
    z.values[i] = 2 * tables::scattered(2000 + i);
    moved.values[i] = tables::scattered(2100 + i);
  }
  for (std::size_t r = 0; r < rows; ++r) {
    y(r, 0) = static_cast<double>(r % classes);
    out(r, 0) = tables::scattered(2200 + r);
    target(r, 0) = tables::scattered(2350 + r);
  }
  const auto expect_table = [&](const Tensor& got, std::span<const double> wanted) {
    const Reference values = get(got);
    ASSERT_EQ(values.values.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(values.values[i], wanted[i], 1e-6 * (0.1 + std::abs(wanted[i]))) << i;
  };
  const Tensor values = device->matrix(rows, 1), gradient = put(z), tangent = put(z),
               slope = device->matrix(rows, 1);
  queue->cross_entropy(put(z), put(y), values, gradient);
  queue->cross_entropy_tangent(put(z), put(moved), tangent);
  expect_table(values, tables::cross_entropy_values);
  expect_table(gradient, tables::cross_entropy_gradient);
  expect_table(tangent, tables::cross_entropy_product);
  queue->squared_error(put(out), put(target), values, slope);
  expect_table(values, tables::squared_error_values);
  expect_table(slope, tables::squared_error_gradient);
  queue->huber(put(out), put(target), 0.75F, values, slope);
  expect_table(values, tables::huber_values);
  expect_table(slope, tables::huber_gradient);
}

TEST_P(LossOperations, ShapesThatDoNotFitAreRefused) {
  const Tensor z = device->matrix(5, 3), y = device->matrix(5, 1), two = device->matrix(5, 2),
               short_one = device->matrix(4, 1);
  EXPECT_THROW(queue->cross_entropy(z, short_one, y, {}), DeviceError);
  EXPECT_THROW(queue->cross_entropy(z, y, two, {}), DeviceError);
  EXPECT_THROW(queue->cross_entropy(z, y, {}, two), DeviceError);
  EXPECT_THROW(queue->cross_entropy_tangent(z, two, z), DeviceError);
  EXPECT_THROW(queue->logit_of_label(z, y, two, {}), DeviceError);
  EXPECT_THROW(queue->squared_error(z, y, y, {}), DeviceError);
  EXPECT_THROW(queue->huber(z, y, 1.0F, y, {}), DeviceError);
  EXPECT_THROW(queue->huber_tangent(y, short_one, 1.0F, y, y), DeviceError);
}

STEPPE_ON_EVERY_DEVICE(LossOperations);

}  // namespace
}  // namespace steppe::compute
