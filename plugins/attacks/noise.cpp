// Random noise: a uniformly drawn point of the max-norm ball. The control experiment of every
// gradient attack: what does the mere size of the perturbation do?
#include <steppe/attack.hpp>

namespace {

struct Noise {
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
                                               .uses = STEPPE_USES_RANDOM};

  void perturb(steppe::Point& point, const steppe::Objective&, const steppe::Moment& moment) const {
    const auto radius = static_cast<float>(parameters.epsilon);
    auto random = point.host().random("noise", moment.epoch);
    // An event comes once an epoch, but the weights are there at every step.
    random.stream = moment.step;
    const auto shift = point.values().like();
    shift.fill_uniform(random, point.row_ids(), -1.0F, 1.0F);
    point.values().add(radius, shift);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Noise>({
    .name = "noise",
    .summary = "a random point of the max-norm ball: the control of every gradient attack",
    .text = "x' = x + u, every u drawn uniformly from [-epsilon, epsilon). The draw belongs to the "
            "event, not to its place in a batch.",
    .example = "[attack.noise]\nepsilon = 0.007",
}))
