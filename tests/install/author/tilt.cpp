// An attack by somebody else: pulls every event towards larger values, whatever the loss says.
#include <steppe/attack.hpp>

struct Tilt {
  struct Parameters {
    double strength = 0.01;
    static auto schema() {
      return steppe::schema(
          steppe::field<&Parameters::strength>("what is added", steppe::at_least(0.0)));
    }
  } parameters;

  static constexpr steppe::AttackTraits traits{.strength = "strength", .uses = 0};

  void perturb(steppe::Point& point, const steppe::Objective&, const steppe::Moment&) const {
    auto view = point.values().host();
    for (std::size_t r = 0; r < view.rows(); ++r)
      for (float& x : view.row(r)) x += static_cast<float>(parameters.strength);
  }
};

STEPPE_PLUGIN(steppe::attack<Tilt>({.name = "tilt", .summary = "pulls every event upwards"}))
