// Two stages that know nothing of devices: they ask for spans of everything they touch, where the
// program's own use operations. What they give must be the same, wherever the values are.
#include <steppe/attack.hpp>
#include <steppe/optimizer.hpp>

#include <array>
#include <cstdint>

namespace {

/// `fgsm` (plugins/attacks), value by value.
struct Fgsm {
  struct Parameters {
    double epsilon = 0.01;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epsilon>("length of the step", steppe::at_least(0.0)));
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{.strength = "epsilon",
                                               .radius = "epsilon",
                                               .ball = steppe::Ball::max_norm,
                                               .uses = STEPPE_USES_GRADIENT | STEPPE_USES_LABELS};

  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    const auto slope = loss.gradient(point);
    const auto slopes = slope.host(), values = point.values().host();
    const auto step = static_cast<float>(parameters.epsilon);
    for (std::size_t r = 0; r < values.rows(); ++r)
      for (std::size_t c = 0; c < values.columns(); ++c) {
        const float uphill = slopes.row(r)[c];
        if (uphill > 0.0F) values.row(r)[c] += step;
        if (uphill < 0.0F) values.row(r)[c] -= step;
      }
  }
};

/// `sgd` (plugins/optimizers) with momentum, value by value.
struct Sgd {
  struct Parameters {
    double learning_rate = 0.01;
    double momentum = 0.0;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::learning_rate>("length of a step", steppe::at_least(0.0)),
          steppe::field<&Parameters::momentum>("part of the last velocity that is kept",
                                               steppe::between(0.0, 1.0)));
    }
  } parameters;

  static constexpr std::array state{"velocity"};

  void step(const steppe::OptimizerStep& s) const {
    const auto rate = static_cast<float>(parameters.learning_rate * s.learning_rate_factor);
    const auto momentum = static_cast<float>(parameters.momentum);
    const auto gradients = s.gradient.host(), velocities = s.state[0].host(),
               weights = s.weights.host();
    for (std::size_t i = 0; i < weights.columns(); ++i) {
      float& velocity = velocities.row(0)[i];
      velocity = gradients.row(0)[i] + momentum * velocity;
      weights.row(0)[i] += -rate * velocity;
    }
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Fgsm>({.name = "test_span_fgsm", .summary = "fgsm on spans"}),
              steppe::optimizer<Sgd>({.name = "test_span_sgd", .summary = "sgd on spans"}))
