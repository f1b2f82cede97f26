// Attacks with the mistakes that authors make, one each, and one that is too timid to be judged.
#include <steppe/ascent.hpp>

#include <cmath>

namespace {

/// Twice as wide as it declares, and with its steps far from the edge of a large ball.
struct Wide {
  struct Parameters {
    double epsilon = 0.05, alpha = 0.002;
    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epsilon>("radius", steppe::at_least(0.0)),
          steppe::field<&Parameters::alpha>("length of a step", steppe::at_least(0.0)));
    }
  } parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::max_norm};
  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    steppe::ascent::Walk walk{point, steppe::ascent::Norm::max};
    for (int i = 0; i < 5; ++i) {
      walk.step(loss.gradient(point), parameters.alpha);
      walk.project(2 * parameters.epsilon);
    }
  }
};

struct Share {
  double epsilon = 0.05, share = 0.1;
  static auto schema() {
    return steppe::schema(
        steppe::field<&Share::epsilon>("radius", steppe::at_least(0.0)),
        steppe::field<&Share::share>("part of the radius that it goes", steppe::between(0.0, 1.0)));
  }
};

/// Correct, but by default its ball stops nothing.
struct Timid {
  using Parameters = Share;
  Parameters parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::max_norm};
  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    const auto slope = loss.gradient(point);
    slope.sign();
    point.values().add(static_cast<float>(parameters.epsilon * parameters.share), slope);
  }
};

struct Radius {
  double epsilon = 0.05;
  static auto schema() {
    return steppe::schema(steppe::field<&Radius::epsilon>("radius", steppe::at_least(0.0)));
  }
};

/// Divides by the L1 norm of the whole batch.
struct Together {
  using Parameters = Radius;
  Parameters parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::max_norm};
  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    const auto slope = loss.gradient(point);
    float sum = 1e-20F;
    {
      const auto view = slope.host();
      for (std::size_t r = 0; r < view.rows(); ++r)
        for (const float x : view.row(r)) sum += std::abs(x);
    }
    point.values().add(static_cast<float>(parameters.epsilon) / sum, slope);
  }
};

/// Divides each row by its length, whatever that is.
template <steppe::Space space_of>
struct Steep {
  using Parameters = Radius;
  Parameters parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::l2_norm, .space = space_of};
  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    const auto slope = loss.gradient(point);
    const auto lengths = slope.column();
    slope.row_norms(lengths);
    const auto view = slope.host();
    const auto length = lengths.host();
    const auto values = point.values().host();
    for (std::size_t r = 0; r < view.rows(); ++r)
      for (std::size_t c = 0; c < view.row(r).size(); ++c)
        values.row(r)[c] +=
            static_cast<float>(parameters.epsilon) * view.row(r)[c] / length.row(r)[0];
  }
};

struct Stuck {
  using Parameters = Radius;
  Parameters parameters;
  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon", .radius = "epsilon", .ball = steppe::Ball::max_norm};
  void perturb(steppe::Point&, const steppe::Objective&, const steppe::Moment&) const {
    for (volatile bool on = true; on;) {
    }
  }
};

using SteepEvents = Steep<steppe::Space::inputs>;
using SteepWeights = Steep<steppe::Space::weights>;

}  // namespace

STEPPE_PLUGIN(steppe::attack<Stuck>({.name = "stuck", .summary = "does not end"}),
              steppe::attack<Wide>({.name = "wide", .summary = "a ball of twice the radius"}),
              steppe::attack<Timid>({.name = "timid", .summary = "does not reach its ball"}),
              steppe::attack<Together>({.name = "together", .summary = "one norm for the batch"}),
              steppe::attack<SteepEvents>({.name = "steep", .summary = "divides by zero"}),
              steppe::attack<SteepWeights>({.name = "steep_weights", .summary = "divides by zero"}))
