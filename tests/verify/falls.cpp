// An attack that crashes as soon as it is used.
#include <steppe/attack.hpp>

#include <csignal>

namespace {

struct Falls {
  static constexpr steppe::AttackTraits traits{};
  void perturb(steppe::Point&, const steppe::Objective&, const steppe::Moment&) const {
    std::raise(SIGSEGV);
  }
};

}  // namespace

STEPPE_PLUGIN(steppe::attack<Falls>({.name = "falls", .summary = "ends in a signal"}))
