// Normalisations and their four passes on random shapes.
#include "norms.hpp"
#include "passes.hpp"
#include "random_shapes.hpp"

namespace steppe::compute {
namespace {

using reference::Operands;
using reference::passes_of;

/// Operands of a normalisation and how they move.
struct NormCase {
  explicit NormCase(const Shape& shape)
      : at{made(shape, 1)},
        direction{made(shape, 5)},
        dy{random_matrix(shape.rows, shape.columns, shape.key + 3)},
        dy_tangent{random_matrix(shape.rows, shape.columns, shape.key + 4)} {}

  static Operands<double> made(const Shape& shape, std::uint64_t key) {
    key += shape.key;
    return {{random_matrix(shape.rows, shape.columns, key)},
            {random_matrix(1, shape.columns, key + 20), random_matrix(1, shape.columns, key + 21)}};
  }
  template <class Norm>
  reference::Passes passes(const Norm& norm) const {
    return passes_of(norm, at, direction, dy, dy_tangent);
  }

  Operands<double> at, direction;
  Reference dy, dy_tangent;
};

class RandomShapesOfNorms : public RandomShapes {
 protected:
  struct Answers {
    Tensor y, dx, dgamma, dbeta;
  };
  /// `dx` starts as dy: operations may write their result over it.
  Answers answers(const NormCase& given) {
    const std::size_t columns = given.dy.columns;
    return {device->matrix(given.dy.rows, columns), put(given.dy), device->matrix(1, columns),
            device->matrix(1, columns)};
  }

  /// Two entries normalised together become -1 and 1 whatever they were, and three keep a single
  /// number: dx and the tangents are small differences of large terms, and rounding is as large as
  /// the terms make it. So they are compared with the terms: with what the passes give where the
  /// statistics are `held` and nothing cancels. The terms of dx' are differences themselves; it is
  /// left out there.
  struct Wanted {
    template <class Norm>
    Wanted(const NormCase& given, Norm norm, std::size_t entries)
        : passes{given.passes(norm)}, cancels{entries == 2 || entries == 3} {
      norm.held = true;
      terms = cancels ? given.passes(norm) : passes;
    }
    reference::Passes passes, terms;
    bool cancels;
  };

  void expect_slopes(const std::string& name, const Answers& got, const Wanted& wanted) {
    const auto& [dx, weights] = wanted.passes.gradient;
    expect_close(name + " y", got.y, wanted.passes.y);
    expect_close(name + " dx", get(got.dx), dx[0], wanted.terms.gradient.x[0]);
    expect_close(name + " dgamma", got.dgamma, weights[0]);
    expect_close(name + " dbeta", got.dbeta, weights[1]);
  }
  void expect_moved(const std::string& name, const Answers& got, const Wanted& wanted) {
    const auto& [dx, weights] = wanted.passes.gradient_tangent;
    expect_close(name + " y'", get(got.y), wanted.passes.y_tangent, wanted.terms.y_tangent);
    if (!wanted.cancels) expect_close(name + " dx'", got.dx, dx[0]);
    expect_close(name + " dgamma'", get(got.dgamma), weights[0],
                 wanted.terms.gradient_tangent.weights[0]);
    expect_close(name + " dbeta'", got.dbeta, weights[1]);
  }

  Queue::NormTangent direction(const NormCase& given) {
    return {put(given.direction.x[0]), put(given.direction.weights[0]),
            put(given.direction.weights[1])};
  }
  Queue::NormGradients gradients(const NormCase& given, const Answers& to) {
    return {put(given.dy), put(given.dy_tangent), to.dx, to.dgamma, to.dbeta};
  }
};

TEST_P(RandomShapesOfNorms, BatchNorm) {
  for (const Shape& shape : random_shapes()) {
    const NormCase given{shape};
    reference::BatchNorm inference{false, random_matrix(1, shape.columns, shape.key + 9),
                                   random_matrix(1, shape.columns, shape.key + 10)};
    for (double& value : inference.variance.values)
      value = static_cast<double>(static_cast<float>(0.25 + value * value));
    const auto statistic = [&] { return device->matrix(1, shape.columns); };
    const Queue::BatchNorm norm{put(given.at.weights[0]),
                                put(given.at.weights[1]),
                                put(inference.mean),
                                put(inference.variance),
                                statistic(),
                                statistic()};
    const Tensor x = put(given.at.x[0]);
    for (const bool train : {false, true}) {
      const std::string name = train ? "batch_norm_train" : "batch_norm_inference";
      reference::BatchNorm wanted = inference;
      wanted.own = train;
      if (train) wanted.update(given.at.x[0]);
      const Answers got = answers(given);
      const Wanted passes{given, wanted, train ? shape.rows : 0};
      if (train) {
        queue->batch_norm_train(norm, true, x, got.y);
      } else {
        queue->batch_norm_inference(norm, x, got.y);
      }
      queue->batch_norm_backward(norm, train, x, got.dx, got.dx, got.dgamma, got.dbeta);
      expect_slopes(name, got, passes);
      queue->batch_norm_tangent(norm, direction(given), train, x, got.y);
      queue->batch_norm_backward_tangent(norm, direction(given), train, x, gradients(given, got));
      expect_moved(name, got, passes);
      expect_close(name + " running mean", norm.running_mean, wanted.mean);
      expect_close(name + " running variance", norm.running_variance, wanted.variance);
    }
  }
}

TEST_P(RandomShapesOfNorms, LayerNorm) {
  for (const Shape& shape : random_shapes()) {
    const NormCase given{shape};
    const Queue::LayerNorm norm{put(given.at.weights[0]), put(given.at.weights[1])};
    const Tensor x = put(given.at.x[0]), alone = put(given.dy);
    const Wanted wanted{given, reference::LayerNorm{}, shape.columns};
    const Answers got = answers(given);
    queue->layer_norm(norm, x, got.y);
    queue->layer_norm_backward(norm, x, got.dx, got.dx, got.dgamma, got.dbeta);
    expect_slopes("layer_norm", got, wanted);
    queue->layer_norm_backward(norm, x, alone, alone, {}, {});
    EXPECT_TRUE(same_bits(bits(alone), bits(got.dx)));
    queue->layer_norm_tangent(norm, direction(given), x, got.y);
    queue->layer_norm_backward_tangent(norm, direction(given), x, gradients(given, got));
    expect_moved("layer_norm", got, wanted);
  }
}

TEST_P(RandomShapesOfNorms, LayerNormOfAConstantRowIsBeta) {
  Reference x{3, 20};
  std::ranges::fill(x.values, 3.7);
  const Reference beta = random_matrix(1, 20, 6);
  const Tensor y = device->matrix(3, 20);
  queue->layer_norm({put(random_matrix(1, 20, 5)), put(beta)}, put(x), y);
  const Reference got = get(y);
  for (std::size_t i = 0; i < got.values.size(); ++i)
    EXPECT_NEAR(got.values[i], beta.values[i % 20], 1e-4);
}

STEPPE_ON_EVERY_DEVICE(RandomShapesOfNorms);

}  // namespace
}  // namespace steppe::compute
