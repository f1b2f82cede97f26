// Sharpness-aware minimisation, the ascent: from the weights to the point around them where the
// loss is highest to first order; the training then descends from where the weights were, along
// the gradient found there (Foret et al., arXiv:2010.01412).
//   l2:    w' = w + rho g / (||g|| + 1e-7), one norm over all weights; what is released with
//          arXiv:2411.09296
//   sign:  w' = w + rho sign(g), eq. 8 of arXiv:2411.09296
#include <steppe/ascent.hpp>

namespace {

namespace ascent = steppe::ascent;

struct Sam {
  enum class Ascent { l2, sign };

  struct Parameters {
    double rho = 0.05;
    Ascent ascent = Ascent::l2;

    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::rho>("radius of the ball", steppe::at_least(0.0)),
          steppe::field<&Parameters::ascent>(
              "along the gradient itself with length rho, or along its signs by rho each",
              steppe::choices({"l2", "sign"})));
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{.strength = "rho",
                                               .radius = "rho",
                                               .ball = steppe::Ball::l2_norm,
                                               .uses = STEPPE_USES_GRADIENT | STEPPE_USES_LABELS,
                                               .space = steppe::Space::weights};

  ascent::Norm norm() const {
    return parameters.ascent == Ascent::l2 ? ascent::Norm::l2 : ascent::Norm::max;
  }
  steppe::Ball ball() const { return ascent::ball_of(norm()); }

  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&) const {
    const auto slope = loss.gradient(point);
    ascent::uphill(slope, norm(), 1e-7);
    point.values().add(static_cast<float>(parameters.rho), slope);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Sam>({
    .name = "sam",
    .summary = "sharpness-aware minimisation: one step of length rho up the loss",
    .text = "w' = w + rho g / (||g|| + 1e-7), or w + rho sign(g) with ascent = \"sign\". The two "
            "want quite different rho: with n weights a signed step is rho sqrt(n) long.\n\nMoves "
            "the weights unless the file says space = \"inputs\"; there it acts event by event.",
    .source = "arXiv:2010.01412; eq. 8 of arXiv:2411.09296",
    .example = "[attack.sam]\nrho = 0.05",
}))
