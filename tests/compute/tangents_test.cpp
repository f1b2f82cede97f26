// The operations of tangent passes against hyper-dual numbers in double.
#include "device_fixture.hpp"
#include "layer_reference.hpp"
#include "norm_reference.hpp"

namespace steppe::compute {
namespace {

class TangentOperations : public OnDevice {};

TEST_P(TangentOperations, TheGradientOfTheCrossEntropyMovesByItsCurvature) {
  const Reference z = random_matrix(1037, 1, 1, 6.0), z_tangent = random_matrix(1037, 1, 2);
  Reference wanted = z;
  for (std::size_t r = 0; r < z.rows; ++r)
    wanted(r, 0) = z_tangent(r, 0) * cross_entropy_curvature(z(r, 0));
  const Tensor moved = device->matrix(z.rows, 1);
  queue->bce_with_logits_tangent(put(z), put(z_tangent), moved);
  expect_near(get(moved), wanted, 1e-6, 0.0);
}

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
