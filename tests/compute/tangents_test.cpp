// The operations of tangent passes against hyper-dual numbers in double.
#include "device_fixture.hpp"
#include "hyper_dual.hpp"

namespace steppe::compute {
namespace {

class TangentOperations : public OnDevice {};

TEST_P(TangentOperations, TheGradientOfTheCrossEntropyMovesByItsCurvature) {
  const Reference z = random_matrix(1037, 1, 1, 6.0), z_tangent = random_matrix(1037, 1, 2);
  Reference wanted = z;
  for (std::size_t r = 0; r < z.rows; ++r) {
    const double e = std::exp(-std::abs(z(r, 0)));
    wanted(r, 0) = z_tangent(r, 0) * e / ((1 + e) * (1 + e));
  }
  const Tensor moved = device->matrix(z.rows, 1);
  queue->bce_with_logits_tangent(put(z), put(z_tangent), moved);
  expect_near(get(moved), wanted, 1e-6, 0.0);
}

/// One column of a normalised batch; every operand moves along its `second`.
struct Column {
  std::vector<HyperDual> x, dy;
  HyperDual gamma, beta;
  bool train;  ///< with the batch's statistics; otherwise mean 0 and variance 1

  /// sum_r dy[r] y[r]: its slope in an operand is that operand's gradient, its slope in dy[r] is
  /// y[r].
  HyperDual sum() const {
    HyperDual mean = 0.0, variance = train ? 0.0 : 1.0;
    const auto rows = static_cast<double>(x.size());
    for (std::size_t r = 0; train && r < x.size(); ++r) mean += x[r] / rows;
    for (std::size_t r = 0; train && r < x.size(); ++r)
      variance += (x[r] - mean) * (x[r] - mean) / rows;
    const HyperDual factor = gamma / sqrt(variance + 1e-5);
    HyperDual total = 0.0;
    for (std::size_t r = 0; r < x.size(); ++r) total += dy[r] * (factor * (x[r] - mean) + beta);
    return total;
  }
  /// How the slope of `sum` in `operand` moves.
  double moved_slope(HyperDual& operand) {
    operand.first = 1;
    const double mixed = sum().mixed;
    operand.first = 0;
    return mixed;
  }
};

TEST_P(TangentOperations, BatchNormMovesAsItsFormulasDo) {
  for (const auto& [rows, columns] :
       {std::pair<std::size_t, std::size_t>{5, 33}, {7, 16}, {129, 31}, {1037, 2}}) {
    const Reference x = random_matrix(rows, columns, 1),
                    x_tangent = random_matrix(rows, columns, 2),
                    dy = random_matrix(rows, columns, 3),
                    dy_tangent = random_matrix(rows, columns, 4),
                    gamma = random_matrix(1, columns, 5), beta = random_matrix(1, columns, 6),
                    gamma_tangent = random_matrix(1, columns, 7),
                    beta_tangent = random_matrix(1, columns, 8);
    const Tensor mean = device->matrix(1, columns), variance = device->matrix(1, columns),
                 y = device->matrix(rows, columns), dx = device->matrix(rows, columns),
                 dgamma = device->matrix(1, columns), dbeta = device->matrix(1, columns),
                 on_x = put(x);
    queue->fill(variance, 1.0F);
    const Queue::BatchNorm norm{put(gamma),
                                put(beta),
                                mean,
                                variance,
                                device->matrix(1, columns),
                                device->matrix(1, columns)};
    const Queue::NormTangent direction{put(x_tangent), put(gamma_tangent), put(beta_tangent)};
    for (const bool train : {true, false}) {
      if (train) {
        queue->batch_norm_train(norm, false, on_x, y);
      } else {
        queue->batch_norm_inference(norm, on_x, y);
      }
      queue->batch_norm_tangent(norm, direction, train, on_x, y);
      queue->batch_norm_backward_tangent(norm, direction, train, on_x,
                                         {put(dy), put(dy_tangent), dx, dgamma, dbeta});
      Reference wanted_y{rows, columns}, wanted_dx{rows, columns}, wanted_dgamma{1, columns},
          wanted_dbeta{1, columns};
      for (std::size_t c = 0; c < columns; ++c) {
        Column column{{}, {}, {}, {}, train};
        for (std::size_t r = 0; r < rows; ++r) {
          column.x.push_back({x(r, c), 0, x_tangent(r, c), 0});
          column.dy.push_back({dy(r, c), 0, dy_tangent(r, c), 0});
        }
        column.gamma = {gamma(0, c), 0, gamma_tangent(0, c), 0};
        column.beta = {beta(0, c), 0, beta_tangent(0, c), 0};
        for (std::size_t r = 0; r < rows; ++r) {
          wanted_y(r, c) = column.moved_slope(column.dy[r]);
          wanted_dx(r, c) = column.moved_slope(column.x[r]);
        }
        wanted_dgamma(0, c) = column.moved_slope(column.gamma);
        wanted_dbeta(0, c) = column.moved_slope(column.beta);
      }
      expect_near(get(y), wanted_y, 3e-6);
      expect_near(get(dx), wanted_dx, 1e-5);
      expect_near(get(dgamma), wanted_dgamma, 3e-6);
      expect_near(get(dbeta), wanted_dbeta, 1e-7);
    }
  }
}

STEPPE_ON_EVERY_DEVICE(TangentOperations);

}  // namespace
}  // namespace steppe::compute
