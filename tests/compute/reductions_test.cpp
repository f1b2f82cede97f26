// Sums against sums in long double.
#include "device_fixture.hpp"

namespace steppe::compute {
namespace {

class Reductions : public OnDevice {};

TEST_P(Reductions, DotIsTheSumOfProducts) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1), y = random_matrix(rows, columns, 2);
    long double sum = 0, size = 0;
    for (std::size_t i = 0; i < x.values.size(); ++i) {
      sum += static_cast<long double>(x.values[i]) * y.values[i];
      size += std::abs(x.values[i] * y.values[i]);
    }
    EXPECT_NEAR(queue->dot(put(x), put(y)), static_cast<double>(sum),
                1e-14 * static_cast<double>(size));
  }
}

TEST_P(Reductions, RowNormsAreEuclidean) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1);
    Reference wanted{rows, 1};
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t c = 0; c < columns; ++c) wanted(r, 0) += x(r, c) * x(r, c);
      wanted(r, 0) = std::sqrt(wanted(r, 0));
    }
    const Tensor norms = device->matrix(rows, 1);
    queue->row_norms(put(x), norms);
    expect_near(get(norms), wanted, 6e-8, 0.0);
  }
}

TEST_P(Reductions, ColumnSumsAddTheRows) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1);
    Reference wanted{1, columns};
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) wanted(0, c) += x(r, c);
    const Tensor sums = device->matrix(1, columns);
    queue->column_sums(put(x), sums);
    expect_near(get(sums), wanted, 1e-7);
  }
}

TEST_P(Reductions, NegativeWeightsCountWithTheirSizeInTheDenominator) {
  for (const std::size_t rows : {1U, 5U, 128U, 1037U}) {
    const Reference x = random_matrix(rows, 1, 1);
    Reference weights = random_matrix(rows, 1, 2);
    double top = 0, bottom = 0;
    for (std::size_t r = 0; r < rows; ++r) {
      weights(r, 0) = static_cast<double>(static_cast<float>(weights(r, 0) + 0.5));
      top += x(r, 0) * weights(r, 0);
      bottom += std::abs(weights(r, 0));
    }
    const Tensor mean = device->matrix(1, 1), on_weights = put(weights);
    queue->weighted_mean(put(x), on_weights, mean);
    EXPECT_NEAR(get(mean).values[0], top / bottom, 1e-7 * (1 + std::abs(top / bottom)));
    queue->normalise_weights(on_weights);
    for (double& weight : weights.values) weight /= bottom;
    expect_near(get(on_weights), weights, 1e-7, 0.0);
  }
}

TEST_P(Reductions, WeightsWithoutASumGiveNoSilentNumber) {
  const Reference weights{2, 1};
  const Tensor mean = device->matrix(1, 1), on_weights = put(weights);
  queue->weighted_mean(put(random_matrix(2, 1, 1)), on_weights, mean);
  EXPECT_FALSE(std::isfinite(get(mean).values[0]));
  queue->normalise_weights(on_weights);
  EXPECT_FALSE(std::isfinite(get(on_weights).values[0]));
}

STEPPE_ON_EVERY_DEVICE(Reductions);

}  // namespace
}  // namespace steppe::compute
