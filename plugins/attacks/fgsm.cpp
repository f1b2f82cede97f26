// Fast gradient sign method: one step from the point to the edge of the max-norm ball around it,
// x' = x + epsilon * sign(dL/dx), eq. 7 of arXiv:2411.09296 (Goodfellow et al., arXiv:1412.6572).
//
// For a model that is linear in x this is the exact worst case in the ball. In the space of the
// weights the same step is the ascent of SAM, eq. 8.
#include <steppe/attack.hpp>

namespace {

struct Fgsm {
  struct Parameters {
    double epsilon = 0.01;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epsilon>("radius of the max-norm ball", steppe::at_least(0.0),
                                              steppe::unit("units of the columns")));
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{.strength = "epsilon",
                                               .radius = "epsilon",
                                               .ball = steppe::Ball::max_norm,
                                               .uses = STEPPE_USES_GRADIENT | STEPPE_USES_LABELS};

  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    point.values().signed_step(static_cast<float>(parameters.epsilon), loss.gradient(point));
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Fgsm>({
    .name = "fgsm",
    .summary = "one signed-gradient step to the edge of the max-norm ball",
    .text = "x' = x + epsilon * sign(dL/dx), row by row; sign(0) = 0, so what has no gradient "
            "stays.\n\nEpsilon is in the units of the data set's columns: the fitted "
            "preprocessing is part of the network.",
    .source = "eq. 7 of arXiv:2411.09296; arXiv:1412.6572",
    .example = "[attack.fgsm]\nepsilon = 0.007\nhold    = [\"padding\", \"flags\"]",
}))
