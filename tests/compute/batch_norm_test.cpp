// Batch normalisation against the formulas in double, with PyTorch's conventions.
#include "device_fixture.hpp"
#include "torch_tables.hpp"

namespace steppe::compute {
namespace {

class BatchNormOperation : public OnDevice {
 protected:
  struct Statistics {
    std::vector<double> mean, variance;
  };

  static Statistics statistics(const Reference& x) {
    Statistics s{std::vector<double>(x.columns), std::vector<double>(x.columns)};
    for (std::size_t c = 0; c < x.columns; ++c) {
      for (std::size_t r = 0; r < x.rows; ++r) s.mean[c] += x(r, c) / static_cast<double>(x.rows);
      for (std::size_t r = 0; r < x.rows; ++r)
        s.variance[c] += std::pow(x(r, c) - s.mean[c], 2) / static_cast<double>(x.rows);
    }
    return s;
  }

  Queue::BatchNorm norm(std::size_t columns) {
    Reference ones{1, columns};
    std::ranges::fill(ones.values, 1.0);
    return {put(random_matrix(1, columns, 11)), put(random_matrix(1, columns, 12)),
            device->matrix(1, columns),         put(ones),
            device->matrix(1, columns),         device->matrix(1, columns)};
  }

  /// gamma (x - mean) / sqrt(variance + epsilon) + beta
  Reference normalised(const Queue::BatchNorm& norm, const Statistics& s, const Reference& x) {
    const Reference gamma = get(norm.gamma), beta = get(norm.beta);
    Reference y = x;
    for (std::size_t r = 0; r < x.rows; ++r)
      for (std::size_t c = 0; c < x.columns; ++c)
        y(r, c) =
            gamma(0, c) * (x(r, c) - s.mean[c]) / std::sqrt(s.variance[c] + 1e-5) + beta(0, c);
    return y;
  }
};

TEST_P(BatchNormOperation, NormalisesWithTheBatchAndUpdatesTheRunningStatistics) {
  for (const auto& [rows, columns] : shapes) {
    if (rows == 1) continue;
    Reference x = random_matrix(rows, columns, 1);
    for (double& value : x.values) value = static_cast<double>(static_cast<float>(value + 4.0));
    const Queue::BatchNorm n = norm(columns);
    const Tensor y = device->matrix(rows, columns);
    queue->batch_norm_train(n, true, put(x), y);
    const Statistics s = statistics(x);
    expect_near(get(y), normalised(n, s, x), 4e-6);
    Reference mean{1, columns}, variance{1, columns};
    for (std::size_t c = 0; c < columns; ++c) {
      mean(0, c) = 0.1 * s.mean[c];
      variance(0, c) =
          0.9 + 0.1 * s.variance[c] * static_cast<double>(rows) / static_cast<double>(rows - 1);
    }
    expect_near(get(n.running_mean), mean, 1e-7);
    expect_near(get(n.running_variance), variance, 2e-7);
    queue->batch_norm_train(n, false, put(x), y);
    expect_near(get(n.running_mean), mean, 1e-7);
    expect_near(get(n.running_variance), variance, 2e-7);
  }
}

TEST_P(BatchNormOperation, OneRowGivesBetaAndLeavesTheRunningStatisticsAlone) {
  const Queue::BatchNorm n = norm(5);
  const Tensor y = device->matrix(1, 5);
  queue->batch_norm_train(n, true, put(random_matrix(1, 5, 1)), y);
  expect_near(get(y), get(n.beta), 0.0);
  for (const double value : get(n.running_mean).values) EXPECT_EQ(value, 0.0);
  for (const double value : get(n.running_variance).values) EXPECT_EQ(value, 1.0);
}

TEST_P(BatchNormOperation, AConstantColumnGivesBeta) {
  Reference x{200, 1};
  std::ranges::fill(x.values, 3.7);
  const Queue::BatchNorm n = norm(1);
  const Tensor y = device->matrix(200, 1);
  queue->batch_norm_train(n, true, put(x), y);
  for (const double value : get(y).values) EXPECT_EQ(value, get(n.beta).values[0]);
}

TEST_P(BatchNormOperation, InferenceUsesTheRunningStatistics) {
  for (const auto& [rows, columns] : shapes) {
    const Reference x = random_matrix(rows, columns, 1);
    Queue::BatchNorm n = norm(columns);
    Reference mean = random_matrix(1, columns, 2), variance = random_matrix(1, columns, 3);
    for (double& value : variance.values)
      value = static_cast<double>(static_cast<float>(0.1 + value * value));
    n.running_mean = put(mean);
    n.running_variance = put(variance);
    const Tensor y = device->matrix(rows, columns);
    queue->batch_norm_inference(n, put(x), y);
    expect_near(get(y), normalised(n, {mean.values, variance.values}, x), 2e-6);
  }
}

TEST_P(BatchNormOperation, BackwardFollowsTheFormulas) {
  for (const auto& [rows, columns] : shapes) {
    if (rows < 5) continue;  // with three rows the two means nearly cancel dy
    for (const bool train : {true, false}) {
      const Reference x = random_matrix(rows, columns, 1), dy = random_matrix(rows, columns, 2);
      const Queue::BatchNorm n = norm(columns);
      const Tensor y = device->matrix(rows, columns), on_x = put(x), dx = put(dy);
      if (train) {
        queue->batch_norm_train(n, false, on_x, y);
      } else {
        queue->batch_norm_inference(n, on_x, y);
      }
      const Tensor dgamma = device->matrix(1, columns), dbeta = device->matrix(1, columns);
      queue->batch_norm_backward(n, train, on_x, dx, dx, dgamma, dbeta);
      const Statistics s =
          train ? statistics(x)
                : Statistics{get(n.running_mean).values, get(n.running_variance).values};
      const Reference gamma = get(n.gamma);
      Reference wanted{rows, columns}, wanted_dgamma{1, columns}, wanted_dbeta{1, columns};
      for (std::size_t c = 0; c < columns; ++c) {
        const double inverse = 1.0 / std::sqrt(s.variance[c] + 1e-5);
        const auto h = [&](std::size_t r) { return (x(r, c) - s.mean[c]) * inverse; };
        for (std::size_t r = 0; r < rows; ++r) {
          wanted_dbeta(0, c) += dy(r, c);
          wanted_dgamma(0, c) += dy(r, c) * h(r);
        }
        for (std::size_t r = 0; r < rows; ++r) {
          const double mean =
              (wanted_dbeta(0, c) + h(r) * wanted_dgamma(0, c)) / static_cast<double>(rows);
          wanted(r, c) = gamma(0, c) * inverse * (dy(r, c) - (train ? mean : 0.0));
        }
      }
      expect_near(get(dx), wanted, 3e-6);
      expect_near(get(dgamma), wanted_dgamma, 2e-6);
      expect_near(get(dbeta), wanted_dbeta, 1e-7);
    }
  }
}

TEST_P(BatchNormOperation, ThreeBatchesGiveTheNumbersOfPyTorch) {
  namespace table = torch_tables;
  Queue::BatchNorm n = norm(table::norm_columns);
  queue->fill(n.gamma, 1.0F);
  queue->fill(n.beta, 0.0F);
  const Tensor y = device->matrix(table::norm_rows, table::norm_columns);
  for (std::size_t batch = 0; batch < 3; ++batch) {
    Reference x{table::norm_rows, table::norm_columns};
    for (std::size_t i = 0; i < x.values.size(); ++i)
      x.values[i] = table::value(i + batch * x.values.size());
    queue->batch_norm_train(n, true, put(x), y);
  }
  const auto expect_table = [&](const Tensor& tensor, std::span<const double> wanted) {
    const Reference got = get(tensor);
    for (std::size_t i = 0; i < wanted.size(); ++i)
      EXPECT_NEAR(got.values[i], wanted[i], 1e-6 * (1 + std::abs(wanted[i])));
  };
  expect_table(n.running_mean, table::norm_running_mean);
  expect_table(n.running_variance, table::norm_running_variance);
  expect_table(y, table::norm_output);
}

STEPPE_ON_EVERY_DEVICE(BatchNormOperation);

}  // namespace
}  // namespace steppe::compute
