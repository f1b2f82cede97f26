// Sparse sharpness-aware minimisation with a dynamic mask, the ascent (Mi et al.,
// arXiv:2210.05177; algorithm 3 of arXiv:2411.09296): SAM's step on a part of the weights,
//   w' = w + m * rho g / (||g|| + 1e-7),
// with the norm of the whole gradient, so the step is shorter than rho. The mask m changes during
// the training (sparse_mask.hpp).
#include <steppe/ascent.hpp>

#include "sparse_mask.hpp"

namespace {

namespace ascent = steppe::ascent;
namespace sparse = steppe::sparse;

struct SsamD {
  enum class Ascent { l2, sign };
  enum class Decay { cosine, none };
  enum class Batches { first, all };
  enum class Order { after, before };

  struct Parameters {
    double rho = 0.05;
    double sparsity = 0.5;
    Ascent ascent = Ascent::l2;
    double drop_rate = 0.5;
    Decay decay = Decay::cosine;
    std::int64_t until = 0;
    std::int64_t update_every = 5;
    Batches update_batches = Batches::first;
    Order update = Order::after;

    static auto schema() {
      using P = Parameters;
      using namespace steppe;
      return steppe::schema(
          field<&P::rho>("length of the step before the mask", at_least(0.0)),
          field<&P::sparsity>("part of the weights that stays", between(0.0, 1.0)),
          field<&P::ascent>("along the gradient itself with length rho, or along its signs by rho "
                            "each",
                            choices({"l2", "sign"})),
          field<&P::drop_rate>("part of the moving weights that is exchanged, at the start",
                               between(0.0, 1.0)),
          field<&P::decay>("how the exchanged part falls", choices({"cosine", "none"})),
          field<&P::until>("epoch at which it has fallen to 0; 0: the last of the training",
                           at_least(0), unit("epochs")),
          field<&P::update_every>("epochs from one with exchanges to the next", at_least(1),
                                  unit("epochs")),
          field<&P::update_batches>("batches of such an epoch at which weights are exchanged",
                                    choices({"first", "all"})),
          field<&P::update>("exchange after the step, which so has the old mask, or before it",
                            choices({"after", "before"})));
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{
      .strength = "rho",
      .radius = "rho",
      .ball = steppe::Ball::l2_norm,
      .uses = STEPPE_USES_GRADIENT | STEPPE_USES_LABELS | STEPPE_USES_RANDOM,
      .space = steppe::Space::weights};

  sparse::Mask state(const steppe::Host& host, const steppe::Point& point) const {
    const auto& weights = point.values();
    if (weights.segments().empty())
      throw steppe::Error{
          "it keeps a mask over the weights, and events have none; set "
          "space = \"weights\""};
    return {weights, sparse::active_at_start(point.entries(), parameters.sparsity),
            host.random("first mask")};
  }

  ascent::Norm norm() const {
    return parameters.ascent == Ascent::l2 ? ascent::Norm::l2 : ascent::Norm::max;
  }
  steppe::Ball ball() const { return ascent::ball_of(norm()); }

  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment& moment,
               sparse::Mask& mask) const {
    const auto& p = parameters;
    const auto slope = loss.gradient(point);
    const bool changes = exchanges(moment);
    if (changes && p.update == Order::before) exchange(point.host(), slope, moment, mask);
    const bool later = changes && p.update == Order::after;
    const auto gradient = later ? slope.clone() : steppe::Tensor{};
    ascent::uphill(slope, norm(), 1e-7);
    const auto none = slope.like();
    none.fill(0.0F);
    slope.choose(mask.active(), none);
    point.values().add(static_cast<float>(p.rho), slope);
    if (later) exchange(point.host(), gradient, moment, mask);
  }

 private:
  bool exchanges(const steppe::Moment& moment) const {
    const bool epoch = moment.epoch % static_cast<std::uint64_t>(parameters.update_every) == 0;
    return epoch && (moment.batch == 0 || parameters.update_batches == Batches::all);
  }

  void exchange(const steppe::Host& host, const steppe::Tensor& gradient,
                const steppe::Moment& moment, sparse::Mask& mask) const {
    const auto& p = parameters;
    const auto until = p.until > 0 ? static_cast<std::uint64_t>(p.until) : moment.epochs;
    const double rate =
        p.decay == Decay::none ? p.drop_rate : sparse::drop_rate(p.drop_rate, moment.epoch, until);
    auto random = host.random("grown", moment.epoch);
    random.stream = moment.batch;
    mask.update(gradient, sparse::exchange(mask.size(), p.sparsity, rate), random);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<SsamD>({
    .name = "ssam_d",
    .summary = "sparse sharpness-aware minimisation: SAM's step on a changing part of the weights",
    .text = "w' = w + m * rho g / (||g|| + 1e-7), with the norm of the whole gradient. The mask m "
            "starts at random. At the first batch of every 'update_every'-th epoch, after the "
            "step, the part r of the moving weights with the smallest gradients is dropped and as "
            "many others are grown at random, r = drop_rate (1 + cos(pi epoch / until)) / 2.\n\n"
            "This is what was released with arXiv:2411.09296. Algorithm 3 as printed there has "
            "ascent = \"sign\", decay = \"none\", update_batches = \"all\" and update = "
            "\"before\".\n\nWith sparsity 0 this is SAM.",
    .source = "arXiv:2210.05177; algorithm 3 of arXiv:2411.09296",
    .version = "2",
    .example = "[attack.ssam_d]\nrho      = 0.1\nsparsity = 0.5",
}))
