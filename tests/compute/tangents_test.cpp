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

/// A column of a batch, or a row of it, that is normalised; operands move along their `second`.
struct Normalised {
  std::vector<HyperDual> x, dy, gamma, beta;
  bool own = true;  ///< with its own statistics; otherwise mean 0 and variance 1

  void add(HyperDual to_x, HyperDual to_dy, HyperDual to_gamma, HyperDual to_beta) {
    x.push_back(to_x);
    dy.push_back(to_dy);
    gamma.push_back(to_gamma);
    beta.push_back(to_beta);
  }
  /// sum_i dy[i] y[i]: its slope in an operand is that operand's gradient, that in dy[i] is y[i].
  HyperDual sum() const {
    HyperDual mean = 0.0, variance = own ? 0.0 : 1.0;
    const auto count = static_cast<double>(x.size());
    for (std::size_t i = 0; own && i < x.size(); ++i) mean += x[i] / count;
    for (std::size_t i = 0; own && i < x.size(); ++i)
      variance += (x[i] - mean) * (x[i] - mean) / count;
    const HyperDual inverse = 1.0 / sqrt(variance + 1e-5);
    HyperDual total = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i)
      total += dy[i] * (gamma[i] * (inverse * (x[i] - mean)) + beta[i]);
    return total;
  }
  /// The slope of `sum` in `operand` is its `first`, and how that moves its `mixed`.
  HyperDual slope(HyperDual& operand) const {
    operand.first = 1;
    const HyperDual with = sum();
    operand.first = 0;
    return with;
  }
};

/// Operands of a normalisation, how they move, and what its four passes should give.
struct NormCase {
  NormCase(std::size_t rows, std::size_t columns)
      : x{random_matrix(rows, columns, 1)},
        x_tangent{random_matrix(rows, columns, 2)},
        dy{random_matrix(rows, columns, 3)},
        dy_tangent{random_matrix(rows, columns, 4)},
        gamma{random_matrix(1, columns, 5)},
        beta{random_matrix(1, columns, 6)},
        gamma_tangent{random_matrix(1, columns, 7)},
        beta_tangent{random_matrix(1, columns, 8)} {}

  void add(Normalised& to, std::size_t r, std::size_t c) const {
    to.add({x(r, c), 0, x_tangent(r, c), 0}, {dy(r, c), 0, dy_tangent(r, c), 0},
           {gamma(0, c), 0, gamma_tangent(0, c), 0}, {beta(0, c), 0, beta_tangent(0, c), 0});
  }
  struct Results {
    Results(std::size_t rows, std::size_t columns)
        : y{rows, columns}, dx{rows, columns}, dgamma{1, columns}, dbeta{1, columns} {}
    Reference y, dx, dgamma, dbeta;
  };
  /// Entry i of `from` is that of row r and column c.
  static void take(Normalised& from, std::size_t i, std::size_t r, std::size_t c, Results& slopes,
                   Results& moved) {
    const auto put = [&](HyperDual& operand, const auto& of) {
      const HyperDual slope = from.slope(operand);
      of(slopes) += slope.first;
      of(moved) += slope.mixed;
    };
    put(from.dy[i], [=](Results& to) -> double& { return to.y(r, c); });
    put(from.x[i], [=](Results& to) -> double& { return to.dx(r, c); });
    put(from.gamma[i], [=](Results& to) -> double& { return to.dgamma(0, c); });
    put(from.beta[i], [=](Results& to) -> double& { return to.dbeta(0, c); });
  }

  Reference x, x_tangent, dy, dy_tangent, gamma, beta, gamma_tangent, beta_tangent;
};

/// Rows and columns: odd tails, one shard and several.
const std::vector<std::pair<std::size_t, std::size_t>> norm_shapes{
    {5, 33}, {7, 16}, {129, 31}, {1037, 2}};

class NormTangents : public OnDevice {
 protected:
  struct Answers {
    Tensor y, dx, dgamma, dbeta;
  };
  Answers answers(std::size_t rows, std::size_t columns) {
    return {device->matrix(rows, columns), device->matrix(rows, columns),
            device->matrix(1, columns), device->matrix(1, columns)};
  }
  void expect_results(const Answers& got, const NormCase::Results& wanted) {
    expect_near(get(got.y), wanted.y, 3e-6);
    expect_near(get(got.dx), wanted.dx, 1e-5);
    expect_near(get(got.dgamma), wanted.dgamma, 3e-6);
    expect_near(get(got.dbeta), wanted.dbeta, 1e-7);
  }
};

TEST_P(NormTangents, BatchNormMovesAsItsFormulasDo) {
  for (const auto& [rows, columns] : norm_shapes) {
    const NormCase given{rows, columns};
    const Answers got = answers(rows, columns);
    const Tensor x = put(given.x), variance = device->matrix(1, columns);
    queue->fill(variance, 1.0F);
    const Queue::BatchNorm norm{put(given.gamma),           put(given.beta),
                                device->matrix(1, columns), variance,
                                device->matrix(1, columns), device->matrix(1, columns)};
    const Queue::NormTangent direction{put(given.x_tangent), put(given.gamma_tangent),
                                       put(given.beta_tangent)};
    for (const bool train : {true, false}) {
      if (train) {
        queue->batch_norm_train(norm, false, x, got.y);
      } else {
        queue->batch_norm_inference(norm, x, got.y);
      }
      queue->batch_norm_tangent(norm, direction, train, x, got.y);
      queue->batch_norm_backward_tangent(
          norm, direction, train, x,
          {put(given.dy), put(given.dy_tangent), got.dx, got.dgamma, got.dbeta});
      NormCase::Results slopes{rows, columns}, moved{rows, columns};
      for (std::size_t c = 0; c < columns; ++c) {
        Normalised column;
        column.own = train;
        for (std::size_t r = 0; r < rows; ++r) given.add(column, r, c);
        for (std::size_t r = 0; r < rows; ++r) NormCase::take(column, r, r, c, slopes, moved);
      }
      expect_results(got, moved);
    }
  }
}

TEST_P(NormTangents, LayerNormNormalisesRowsAndItsPassesFollow) {
  for (const auto& [rows, columns] : norm_shapes) {
    if (columns < 5) continue;  // of two entries the normalised ones are +-1, and nothing moves
    const NormCase given{rows, columns};
    const Answers got = answers(rows, columns);
    const Tensor x = put(given.x), dy = put(given.dy);
    const Queue::LayerNorm norm{put(given.gamma), put(given.beta)};
    NormCase::Results slopes{rows, columns}, moved{rows, columns};
    for (std::size_t r = 0; r < rows; ++r) {
      Normalised row;
      for (std::size_t c = 0; c < columns; ++c) given.add(row, r, c);
      for (std::size_t c = 0; c < columns; ++c) NormCase::take(row, c, r, c, slopes, moved);
    }
    queue->layer_norm(norm, x, got.y);
    queue->layer_norm_backward(norm, x, dy, got.dx, got.dgamma, got.dbeta);
    expect_results(got, slopes);

    const Tensor alone = put(given.dy);
    queue->layer_norm_backward(norm, x, alone, alone, {}, {});
    EXPECT_TRUE(same_bits(bits(alone), bits(got.dx)));

    const Queue::NormTangent direction{put(given.x_tangent), put(given.gamma_tangent),
                                       put(given.beta_tangent)};
    queue->layer_norm_tangent(norm, direction, x, got.y);
    queue->layer_norm_backward_tangent(norm, direction, x,
                                       {dy, put(given.dy_tangent), got.dx, got.dgamma, got.dbeta});
    expect_results(got, moved);
  }
}

TEST_P(NormTangents, AConstantRowGivesBeta) {
  Reference x{3, 20};
  std::ranges::fill(x.values, 3.7);
  const NormCase given{3, 20};
  const Tensor y = device->matrix(3, 20);
  queue->layer_norm({put(given.gamma), put(given.beta)}, put(x), y);
  const Reference got = get(y);
  for (std::size_t i = 0; i < got.values.size(); ++i)
    EXPECT_NEAR(got.values[i], given.beta.values[i % 20], 1e-4);
}

STEPPE_ON_EVERY_DEVICE(TangentOperations);
STEPPE_ON_EVERY_DEVICE(NormTangents);

}  // namespace
}  // namespace steppe::compute
