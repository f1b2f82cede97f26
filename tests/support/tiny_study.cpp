#include "tiny_study.hpp"

#include <cstdio>
#include <cstdlib>

namespace steppe::testing {

namespace {

/// A test's own text must be right.
template <class Make>
pipeline::Plan made(const Make& make) {
  try {
    return make();
  } catch (const verify::Refused& refused) {
    std::fprintf(stderr, "%s\n", refused.what());
    std::abort();
  }
}

}  // namespace

const plugin::Catalogue& catalogue() {
  static const auto all = plugin::Catalogue::load(
      {{STEPPE_PLUGINS_DIR, "build", true}, {STEPPE_TEST_READERS_DIR, "test", true}});
  return all;
}

pipeline::Plan plan_of(const std::string& toml, const std::vector<std::string>& sets) {
  return made([&] { return verify::plan_of(catalogue(), toml, sets); });
}

pipeline::Plan tiny_plan(const std::string& more, const std::vector<std::string>& sets) {
  return made([&] { return verify::tiny_plan(catalogue(), more, sets); });
}

run::Attacker attacker_on(Bench& bench, const pipeline::Plan& plan) {
  plugin::Surroundings surroundings;
  surroundings.queue = bench.queue.get();
  const auto& stage = plan.trainings.front().attacks.front();
  return {stage,         *bench.data,
          bench.network, bench.batch.rows(),
          surroundings,  run::deviations_for(stage, *bench.data, bench.training_rows())};
}

}  // namespace steppe::testing
