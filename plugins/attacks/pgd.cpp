// Projected gradient descent on the loss turned round: several steps uphill, each followed by the
// way back into the ball around the clean point (Madry et al., arXiv:1706.06083; algorithm 1 of
// arXiv:2411.09296):
//   x' <- P(x' + alpha * u(dL/dx')),   u = sign, or the row divided by its length.
//
// The gradient is taken at the point as it is now, x'. (The algorithm as printed in
// arXiv:2411.09296 takes it at x throughout, which would make all steps one.)
#include <steppe/ascent.hpp>

namespace {

namespace ascent = steppe::ascent;

struct Pgd {
  enum class Start { point, random };
  enum class Keep { last, best };

  struct Parameters {
    double epsilon = 0.01;
    double alpha = 0.0025;
    std::int64_t steps = 5;
    ascent::Norm norm = ascent::Norm::max;
    Start start = Start::point;
    std::int64_t restarts = 1;
    Keep keep = Keep::last;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::epsilon>("radius of the ball", steppe::at_least(0.0),
                                              steppe::unit("units of the columns")),
          steppe::field<&Parameters::alpha>("length of a step, in the norm of the ball",
                                            steppe::at_least(0.0),
                                            steppe::unit("units of the columns")),
          steppe::field<&Parameters::steps>("steps of a walk", steppe::at_least(1)),
          steppe::field<&Parameters::norm>("largest entry, or Euclidean length of each row",
                                           steppe::choices({"max", "l2"})),
          steppe::field<&Parameters::start>("the clean point, or a random one of the ball",
                                            steppe::choices({"point", "random"})),
          steppe::field<&Parameters::restarts>("walks, of which each row keeps its best",
                                               steppe::at_least(1)),
          steppe::field<&Parameters::keep>(
              "of a walk: its last point, or for each row the one with the highest loss, the start "
              "included",
              steppe::choices({"last", "best"})));
    }

    void remark(const steppe::Host& host) const {
      if (alpha > epsilon)
        host.note(
            "'alpha' is larger than 'epsilon': the first step already ends on the border of "
            "the ball, as one of FGSM does");
      if (start == Start::point && static_cast<double>(steps) * alpha < epsilon)
        host.note(
            "'steps' times 'alpha' is less than 'epsilon': no walk comes to the border of the "
            "ball");
      if (restarts > 1 && start == Start::point)
        host.note("all 'restarts' go the same way from the clean point; set start = \"random\"");
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{
      .strength = "epsilon",
      .radius = "epsilon",
      .ball = steppe::Ball::max_norm,
      .uses = STEPPE_USES_GRADIENT | STEPPE_USES_LABELS | STEPPE_USES_VALUES | STEPPE_USES_RANDOM};

  steppe::Ball ball() const { return ascent::ball_of(parameters.norm); }

  void perturb(steppe::Point& point, const steppe::Objective& loss,
               const steppe::Moment& moment) const {
    const auto& p = parameters;
    if (p.epsilon == 0.0) return;  // nothing but the point itself, to the sign of a zero
    const auto& x = point.values();
    const auto slope = x.like();
    const auto value = x.column();
    const bool judges_all = p.keep == Keep::best;
    const bool judges = judges_all || p.restarts > 1;
    ascent::Walk walk{point, p.norm};
    ascent::Best best{x};

    const auto walks = static_cast<std::uint64_t>(p.restarts);
    for (std::uint64_t number = 0; number < walks; ++number) {
      // An event comes once an epoch, but the weights are there at every step.
      if (p.start == Start::random)
        walk.scatter(p.epsilon, moment.epoch, moment.step * walks + number);
      else if (number > 0)
        walk.restart();
      for (std::int64_t step = 0; step < p.steps; ++step) {
        loss.evaluate(x, judges_all ? value : steppe::Tensor{}, slope);
        if (judges_all) best.offer(x, value);
        walk.climb(slope, p.alpha, p.epsilon);
      }
      if (!judges) continue;
      loss.evaluate(x, value, {});
      best.offer(x, value);
    }
    if (judges) x.copy_from(best.point());
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Pgd>({
    .name = "pgd",
    .summary = "several gradient steps, each brought back into a ball",
    .text =
        "x' <- P(x' + alpha * u), with u the sign of the gradient at x' (norm = \"max\") or the "
        "gradient divided by its length, event by event (norm = \"l2\"); P is the nearest point "
        "of the ball around the clean event.\n\nWith alpha >= epsilon and one step this is "
        "FGSM.\n\nWith batch statistics in batch normalisation the loss of an event also "
        "depends on the others of its batch, so 'best' compares each at its own time.",
    .source = "arXiv:1706.06083, algorithm 1 of arXiv:2411.09296",
    .example = "[attack.pgd]\nepsilon = 0.007\nalpha   = 0.002\nsteps   = 5\n"
               "hold    = [\"padding\", \"flags\"]",
}))
