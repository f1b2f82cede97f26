// Normalisations and their four passes on random shapes.
#include "norm_reference.hpp"
#include "random_shapes.hpp"

namespace steppe::compute {
namespace {

class RandomShapesOfNorms : public RandomShapes {
 protected:
  struct Answers {
    Tensor y, dx, dgamma, dbeta;
  };
  Answers answers(const Shape& shape) {
    return {device->matrix(shape.rows, shape.columns), device->matrix(shape.rows, shape.columns),
            device->matrix(1, shape.columns), device->matrix(1, shape.columns)};
  }
  /// Two entries normalised together become -1 and 1 whatever they were, and three keep a single
  /// number: how such entries move is mostly what rounding leaves, and is not compared.
  static bool keeps_too_little(std::size_t entries) { return entries == 2 || entries == 3; }

  /// `entries`: how many are normalised together; 0 with statistics from elsewhere.
  void expect_slopes(const std::string& name, const Answers& got, const NormCase::Results& wanted,
                     std::size_t entries) {
    expect_close(name + " y", got.y, wanted.y);
    if (!keeps_too_little(entries)) expect_close(name + " dx", got.dx, wanted.dx);
    expect_close(name + " dgamma", got.dgamma, wanted.dgamma);
    expect_close(name + " dbeta", got.dbeta, wanted.dbeta);
  }
  void expect_moved(const std::string& name, const Answers& got, const NormCase::Results& wanted,
                    std::size_t entries) {
    if (keeps_too_little(entries)) return;
    expect_close(name + " y'", got.y, wanted.y);
    expect_close(name + " dx'", got.dx, wanted.dx);
    expect_close(name + " dgamma'", got.dgamma, wanted.dgamma);
    expect_close(name + " dbeta'", got.dbeta, wanted.dbeta);
  }

  Queue::NormTangent direction(const NormCase& given) {
    return {put(given.x_tangent), put(given.gamma_tangent), put(given.beta_tangent)};
  }
  Queue::NormGradients gradients(const NormCase& given, const Answers& to) {
    return {put(given.dy), put(given.dy_tangent), to.dx, to.dgamma, to.dbeta};
  }
};

struct Wanted {
  explicit Wanted(const Shape& shape)
      : slopes{shape.rows, shape.columns}, moved{shape.rows, shape.columns} {}
  NormCase::Results slopes, moved;
  Reference running_mean, running_variance;  ///< after the batch, where there are any
};

Wanted wanted_of_batch(const NormCase& given, const Shape& shape, bool train, const Reference& mean,
                       const Reference& variance) {
  Wanted wanted{shape};
  wanted.running_mean = mean;
  wanted.running_variance = variance;
  const auto rows = static_cast<double>(shape.rows);
  for (std::size_t c = 0; c < shape.columns; ++c) {
    Normalised column;
    column.own = train;
    column.given_mean = mean(0, c);
    column.given_variance = variance(0, c);
    for (std::size_t r = 0; r < shape.rows; ++r) given.add(column, r, c);
    const auto in = column.slopes();
    for (std::size_t r = 0; r < shape.rows; ++r)
      NormCase::take(column, in, r, r, c, wanted.slopes, wanted.moved);
    if (!train || shape.rows == 1) continue;
    const auto of_batch = column.statistics();
    const double spread = 1.0 / std::pow(of_batch.inverse.value, 2) - 1e-5;
    wanted.running_mean(0, c) += 0.1 * (of_batch.mean.value - mean(0, c));
    wanted.running_variance(0, c) += 0.1 * (spread * rows / (rows - 1) - variance(0, c));
  }
  return wanted;
}

Wanted wanted_of_rows(const NormCase& given, const Shape& shape) {
  Wanted wanted{shape};
  for (std::size_t r = 0; r < shape.rows; ++r) {
    Normalised row;
    for (std::size_t c = 0; c < shape.columns; ++c) given.add(row, r, c);
    const auto in = row.slopes();
    for (std::size_t c = 0; c < shape.columns; ++c)
      NormCase::take(row, in, c, r, c, wanted.slopes, wanted.moved);
  }
  return wanted;
}

TEST_P(RandomShapesOfNorms, BatchNorm) {
  for (const Shape& shape : random_shapes()) {
    const NormCase given{shape.rows, shape.columns, shape.key};
    const Reference mean = random_matrix(1, shape.columns, shape.key + 9);
    Reference variance = random_matrix(1, shape.columns, shape.key + 10);
    for (double& value : variance.values)
      value = static_cast<double>(static_cast<float>(0.25 + value * value));
    const auto statistic = [&] { return device->matrix(1, shape.columns); };
    const Queue::BatchNorm norm{put(given.gamma), put(given.beta), put(mean),
                                put(variance),    statistic(),     statistic()};
    const Tensor x = put(given.x);
    for (const bool train : {false, true}) {
      const std::string name = train ? "batch_norm_train" : "batch_norm_inference";
      const Wanted wanted = wanted_of_batch(given, shape, train, mean, variance);
      const Answers got = answers(shape);
      if (train) {
        queue->batch_norm_train(norm, true, x, got.y);
      } else {
        queue->batch_norm_inference(norm, x, got.y);
      }
      queue->batch_norm_backward(norm, train, x, put(given.dy), got.dx, got.dgamma, got.dbeta);
      expect_slopes(name, got, wanted.slopes, train ? shape.rows : 0);
      queue->batch_norm_tangent(norm, direction(given), train, x, got.y);
      queue->batch_norm_backward_tangent(norm, direction(given), train, x, gradients(given, got));
      expect_moved(name, got, wanted.moved, train ? shape.rows : 0);
      expect_close(name + " running mean", norm.running_mean, wanted.running_mean);
      expect_close(name + " running variance", norm.running_variance, wanted.running_variance);
    }
  }
}

TEST_P(RandomShapesOfNorms, LayerNorm) {
  for (const Shape& shape : random_shapes()) {
    const NormCase given{shape.rows, shape.columns, shape.key};
    const Queue::LayerNorm norm{put(given.gamma), put(given.beta)};
    const Tensor x = put(given.x);
    const Wanted wanted = wanted_of_rows(given, shape);
    const Answers got = answers(shape);
    queue->layer_norm(norm, x, got.y);
    queue->layer_norm_backward(norm, x, put(given.dy), got.dx, got.dgamma, got.dbeta);
    expect_slopes("layer_norm", got, wanted.slopes, shape.columns);
    queue->layer_norm_tangent(norm, direction(given), x, got.y);
    queue->layer_norm_backward_tangent(norm, direction(given), x, gradients(given, got));
    expect_moved("layer_norm", got, wanted.moved, shape.columns);
  }
}

STEPPE_ON_EVERY_DEVICE(RandomShapesOfNorms);

}  // namespace
}  // namespace steppe::compute
