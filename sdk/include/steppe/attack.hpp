// Attacks: move a point so that an objective rises. The point may be a batch of events or the
// weights of a network; an attack does not know, and need not.
//
//   struct Fgsm {
//     struct Parameters { double epsilon = 0.05; static auto schema(); } parameters;
//     static constexpr steppe::AttackTraits traits{.strength = "epsilon", ...};
//     void perturb(steppe::Point& point, const steppe::Objective& loss, const steppe::Moment&)
//     const {
//       const auto slope = loss.gradient(point);
//       slope.sign();
//       point.values().add(float(parameters.epsilon), slope);
//     }
//   };
//   STEPPE_PLUGIN(steppe::attack<Fgsm>({.name = "fgsm", .summary = "one signed-gradient step"}))
//
// An attack with state (one a training) has a member `State state(const Host&, const Point&) const`
// and takes `State&` as the last argument of `perturb`; `State::bytes()` gives its span of bytes to
// save and restore. A state on the device reads it in `bytes()`, which no step waits for, and has a
// member `restored()`, called when its bytes have become those that were saved.
#pragma once

#include <steppe/plugin.hpp>
#include <steppe/tensor.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>

namespace steppe {

enum class Space { inputs = STEPPE_INPUTS, weights = STEPPE_WEIGHTS };
enum class Ball { none = STEPPE_NO_BALL, max_norm = STEPPE_MAX_NORM, l2_norm = STEPPE_L2_NORM };

/// What an attack says about itself; the conformance suite holds it to this.
struct AttackTraits {
  const char* strength = "";  ///< the setting that at 0 makes it the identity
  const char* radius = "";    ///< the setting that bounds the move
  Ball ball = Ball::none;     ///< in which norm; per row
  std::uint32_t uses = STEPPE_USES_GRADIENT;
  Space space = Space::inputs;  ///< what it moves where the pipeline file does not say
};

/// When in a training it happens; all 0 outside one.
struct Moment {
  std::uint64_t epoch = 0, epochs = 0, step = 0, batch = 0;
};

/// What is moved: rows x columns, one row an event; or the flat weights, one row.
class Point {
 public:
  Point(const steppe_host* host, const steppe_point* point)
      : host_{host}, point_{point}, values_{host, point->values} {}

  const Tensor& values() const { return values_; }
  /// Values of a row that count: padding of flat weights is left out.
  std::size_t entries() const {
    std::size_t out = 0;
    for (const auto& segment : values_.segments()) out += segment.rows * segment.columns;
    return out > 0 ? out : values_.columns();
  }
  /// Event ids, to key random numbers; one 0 in the space of the weights.
  std::span<const std::uint64_t> row_ids() const { return {point_->row_ids, values_.rows()}; }
  /// 1 where a value may move; empty when all may. The gradient is masked already.
  Tensor mask() const { return {host_, point_->mask}; }
  /// Brings the values to where a walk of several steps may go on from: the file's projectors. What
  /// the objective says is that of the allowed point, with or without this.
  void project() const {
    if (point_->project) detail::check(point_->project(point_->self, point_->values));
  }
  Host host() const { return Host{host_}; }
  const steppe_point* raw() const { return point_; }

 private:
  const steppe_host* host_;
  const steppe_point* point_;
  Tensor values_;
};

/// The function to raise: one value a row, never reduced over the batch.
class Objective {
 public:
  Objective(const steppe_host* host, const steppe_objective* objective)
      : host_{host}, objective_{objective} {}

  /// The gradient of the loss at the point as it is now; a scratch tensor.
  Tensor gradient(const Point& point) const {
    const auto out = point.values().like();
    evaluate(point.values(), {}, out);
    return out;
  }
  /// Any of `values` (rows x 1) and `gradient` (like the point) may be empty.
  void evaluate(const Tensor& at, const Tensor& values, const Tensor& gradient,
                steppe_quantity quantity = STEPPE_LOSS) const {
    detail::check(objective_->evaluate(objective_->self, at.handle(), quantity, values.handle(),
                                       gradient.handle()));
  }
  /// H `direction`, row by row, exact. `result` is overwritten.
  void hessian(const Tensor& at, const Tensor& direction, const Tensor& result) const {
    if (!objective_->hessian)
      throw Error{"this objective gives no second derivatives", STEPPE_NOT_SUPPORTED};
    detail::check(
        objective_->hessian(objective_->self, at.handle(), direction.handle(), result.handle()));
  }
  /// rows x 1; empty in the space of the weights.
  Tensor labels() const { return {host_, objective_->labels}; }
  Tensor event_weights() const { return {host_, objective_->event_weights}; }

 private:
  const steppe_host* host_;
  const steppe_objective* objective_;
};

namespace detail {

struct NoState {};

template <class Plugin>
struct StateOf {
  using type = NoState;
};
template <class Plugin>
requires requires(const Plugin& p, const Host& h, const Point& x) { p.state(h, x); }
struct StateOf<Plugin> {
  using type = decltype(std::declval<const Plugin&>().state(std::declval<const Host&>(),
                                                            std::declval<const Point&>()));
};

template <class Plugin>
inline constexpr bool has_state = !std::is_same_v<typename StateOf<Plugin>::type, NoState>;

}  // namespace detail

template <class T>
concept StatelessAttack = requires(const T& attack, Point& point, const Objective& objective,
                                   const Moment& moment) {
  attack.perturb(point, objective, moment);
};
template <class T>
concept StatefulAttack = requires(const T& attack, Point& point, const Objective& objective,
                                  const Moment& moment, typename detail::StateOf<T>::type& state) {
  attack.perturb(point, objective, moment, state);
  { state.bytes() } -> std::same_as<std::span<std::byte>>;
};
template <class T>
concept Attack = (StatelessAttack<T> || StatefulAttack<T>)&&requires {
  { T::traits } -> std::convertible_to<AttackTraits>;
};

namespace detail {

template <class Plugin>
struct AttackBridge {
  using State = typename StateOf<Plugin>::type;

  static steppe_ball ball(const void* instance) {
    if constexpr (requires { as<Plugin>(instance).ball(); })
      return static_cast<steppe_ball>(as<Plugin>(instance).ball());
    else
      return static_cast<steppe_ball>(Plugin::traits.ball);
  }
  static steppe_status new_state(const void* instance, const steppe_host* host,
                                 const steppe_point* point, void** state) {
    return guard(host, [&] {
      if constexpr (has_state<Plugin>)
        *state = new State(as<Plugin>(instance).state(Host{host}, Point{host, point}));
    });
  }
  static void free_state(void* state) { delete static_cast<State*>(state); }
  static steppe_status save(const void* state, void* bytes, std::size_t* count) {
    try {
      if constexpr (has_state<Plugin>) {
        const auto span = const_cast<State*>(static_cast<const State*>(state))->bytes();
        if (bytes) std::copy(span.begin(), span.end(), static_cast<std::byte*>(bytes));
        *count = span.size();
      }
      return STEPPE_OK;
    } catch (...) {  // what the device could not do it has told the host
      return STEPPE_INTERNAL;
    }
  }
  static steppe_status restore(void* state, const steppe_host* host, const void* bytes,
                               std::size_t count) {
    return guard(host, [&] {
      if constexpr (has_state<Plugin>) {
        const auto span = static_cast<State*>(state)->bytes();
        if (span.size() != count)
          throw Error{"saved state has " + std::to_string(count) + " bytes instead of " +
                      std::to_string(span.size())};
        std::copy_n(static_cast<const std::byte*>(bytes), count, span.begin());
        if constexpr (requires(State & changed) { changed.restored(); })
          static_cast<State*>(state)->restored();
      }
    });
  }
  static steppe_status perturb(const void* instance, void* state, const steppe_host* host,
                               const steppe_point* c_point, const steppe_objective* c_objective,
                               const steppe_moment* c_moment) {
    return guard(host, [&] {
      Point point{host, c_point};
      const Objective objective{host, c_objective};
      const Moment moment{c_moment->epoch, c_moment->epochs, c_moment->step, c_moment->batch};
      if constexpr (has_state<Plugin>)
        as<Plugin>(instance).perturb(point, objective, moment, *static_cast<State*>(state));
      else
        as<Plugin>(instance).perturb(point, objective, moment);
    });
  }
};

}  // namespace detail

template <Attack Plugin>
std::unique_ptr<Stage> attack(const About& about) {
  using Bridge = detail::AttackBridge<Plugin>;
  static constexpr bool state = detail::has_state<Plugin>;
  static constexpr steppe_attack functions{
      .size = sizeof(steppe_attack),
      .strength = Plugin::traits.strength,
      .ball_radius = Plugin::traits.radius,
      .uses = Plugin::traits.uses,
      .whole_data_set = 0,
      .ball = Bridge::ball,
      .new_state = state ? Bridge::new_state : nullptr,
      .free_state = state ? Bridge::free_state : nullptr,
      .save = state ? Bridge::save : nullptr,
      .restore = state ? Bridge::restore : nullptr,
      .perturb = Bridge::perturb,
      .descend = nullptr,
      .default_space = static_cast<steppe_space>(Plugin::traits.space)};
  return std::make_unique<detail::StageOf<Plugin>>("attack", about, &functions);
}

}  // namespace steppe
