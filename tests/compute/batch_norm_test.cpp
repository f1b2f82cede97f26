// Batch normalisation away from zero and at its edges, with PyTorch's conventions.
#include "device_fixture.hpp"
#include "norms.hpp"
#include "torch_tables.hpp"

namespace steppe::compute {
namespace {

class BatchNormOperation : public OnDevice {
 protected:
  Queue::BatchNorm norm(std::size_t columns) {
    Reference ones{1, columns};
    std::ranges::fill(ones.values, 1.0);
    return {put(random_matrix(1, columns, 11)), put(random_matrix(1, columns, 12)),
            device->matrix(1, columns),         put(ones),
            device->matrix(1, columns),         device->matrix(1, columns)};
  }
};

TEST_P(BatchNormOperation, NormalisesWithTheBatchAndUpdatesTheRunningStatistics) {
  for (const auto& [rows, columns] : shapes) {
    if (rows == 1) continue;
    Reference x = random_matrix(rows, columns, 1);
    for (double& value : x.values) value = static_cast<double>(static_cast<float>(value + 4.0));
    const Queue::BatchNorm n = norm(columns);
    const Tensor y = device->matrix(rows, columns);
    reference::BatchNorm wanted{true, {1, columns}, get(n.running_variance)};
    wanted.update(x);
    queue->batch_norm_train(n, true, put(x), y);
    expect_near(get(y), wanted.forward<double>({{x}, {get(n.gamma), get(n.beta)}}), 4e-6);
    expect_near(get(n.running_mean), wanted.mean, 1e-7);
    expect_near(get(n.running_variance), wanted.variance, 2e-7);
    queue->batch_norm_train(n, false, put(x), y);
    expect_near(get(n.running_mean), wanted.mean, 1e-7);
    expect_near(get(n.running_variance), wanted.variance, 2e-7);
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

TEST_P(BatchNormOperation, AColumnHasTheSameBitsWhateverStandsBesideIt) {
  constexpr std::size_t columns = 71;  // two whole blocks of a sweep, and some
  for (const std::size_t rows : {2U, 128U, 300U}) {
    const Reference x = random_matrix(rows, columns, 1), dy = random_matrix(rows, columns, 2);
    const auto column_of = [](const Reference& from, std::size_t c) {
      Reference column{from.rows, 1};
      for (std::size_t r = 0; r < from.rows; ++r) column(r, 0) = from(r, c);
      return column;
    };
    const auto passes = [&](const Queue::BatchNorm& n, const Reference& at,
                            const Reference& slope) {
      const Tensor on_x = put(at), y = put(at), dx = put(at), dgamma = put({1, at.columns}),
                   dbeta = put({1, at.columns});
      queue->batch_norm_train(n, true, on_x, y);
      queue->batch_norm_backward(n, true, on_x, put(slope), dx, dgamma, dbeta);
      return std::vector{y, dx, dgamma, dbeta, n.running_mean, n.running_variance};
    };
    const Queue::BatchNorm together = norm(columns);
    const Reference gamma = get(together.gamma), beta = get(together.beta);
    const auto all = passes(together, x, dy);
    for (const std::size_t c : {0U, 1U, 31U, 32U, 63U, 64U, 70U}) {
      Queue::BatchNorm alone = norm(1);
      alone.gamma = put(column_of(gamma, c));
      alone.beta = put(column_of(beta, c));
      const auto one = passes(alone, column_of(x, c), column_of(dy, c));
      for (std::size_t t = 0; t < all.size(); ++t)
        expect_near(get(one[t]), column_of(get(all[t]), c), 0.0);
    }
  }
}

TEST_P(BatchNormOperation, AConstantColumnGivesBeta) {
  Reference x{200, 1};
  std::ranges::fill(x.values, 3.7);
  const Queue::BatchNorm n = norm(1);
  const Tensor y = device->matrix(200, 1);
  queue->batch_norm_train(n, true, put(x), y);
  for (const double value : get(y).values) EXPECT_EQ(value, get(n.beta).values[0]);
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
