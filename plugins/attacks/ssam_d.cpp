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

/// The mask, and what it is on the device: 1 active, 0 not. Only when it changes the host and the
/// device exchange something, so that steps in between wait for nothing.
struct State {
  sparse::Mask mask;
  steppe::Tensor on_device;
  bool is_there = false;

  std::span<std::byte> bytes() { return mask.bytes(); }
};

/// Calls visit(value, index) for all values of a flat buffer; padding does not count.
template <class Visit>
void for_each_value(const steppe::Tensor& flat, const Visit& visit) {
  const auto view = flat.host();
  const auto row = view.row(0);
  std::size_t index = 0;
  for (const auto& segment : flat.segments())
    for (std::size_t i = 0; i < segment.rows * segment.columns; ++i)
      visit(row[segment.offset + i], index++);
}

std::size_t values_of(const steppe::Tensor& flat) {
  std::size_t count = 0;
  for (const auto& segment : flat.segments()) count += segment.rows * segment.columns;
  return count;
}

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

  State state(const steppe::Host& host, const steppe::Point& point) const {
    const auto values = values_of(point.values());
    if (values == 0)
      throw steppe::Error{
          "it keeps a mask over the weights, and events have none; set "
          "space = \"weights\""};
    const auto random = host.random("first mask");
    return {{values, sparse::active_at_start(values, parameters.sparsity),
             steppe::Stream{random.key, random.stream}},
            point.values().kept_like()};
  }

  ascent::Norm norm() const {
    return parameters.ascent == Ascent::l2 ? ascent::Norm::l2 : ascent::Norm::max;
  }
  steppe::Ball ball() const { return ascent::ball_of(norm()); }

  void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment& moment,
               State& state) const {
    const auto& p = parameters;
    const auto slope = loss.gradient(point);
    std::vector<float> gradient;
    if (exchanges(moment))
      for_each_value(slope, [&](float value, std::size_t) { gradient.push_back(value); });
    if (p.update == Order::before) exchange(point.host(), gradient, moment, state);
    ascent::uphill(slope, norm(), 1e-7);
    show(state);
    const auto none = slope.like();
    none.fill(0.0F);
    slope.choose(state.on_device, none);
    point.values().add(static_cast<float>(p.rho), slope);
    if (p.update == Order::after) exchange(point.host(), gradient, moment, state);
  }

 private:
  bool exchanges(const steppe::Moment& moment) const {
    const bool epoch = moment.epoch % static_cast<std::uint64_t>(parameters.update_every) == 0;
    return epoch && (moment.batch == 0 || parameters.update_batches == Batches::all);
  }

  void exchange(const steppe::Host& host, const std::vector<float>& gradient,
                const steppe::Moment& moment, State& state) const {
    if (!exchanges(moment)) return;
    auto& mask = state.mask;
    const auto& p = parameters;
    const auto until = p.until > 0 ? static_cast<std::uint64_t>(p.until) : moment.epochs;
    const double rate =
        p.decay == Decay::none ? p.drop_rate : sparse::drop_rate(p.drop_rate, moment.epoch, until);
    const auto random = host.random("grown", moment.epoch);
    mask.update(gradient, sparse::exchange(mask.size(), p.sparsity, rate),
                steppe::Stream{random.key, moment.batch});
    state.is_there = false;
    show(state);
  }

  static void show(State& state) {
    if (state.is_there) return;
    for_each_value(state.on_device,
                   [&](float& value, std::size_t i) { value = state.mask[i] ? 1.0F : 0.0F; });
    state.is_there = true;
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
    .example = "[attack.ssam_d]\nrho      = 0.1\nsparsity = 0.5",
}))
