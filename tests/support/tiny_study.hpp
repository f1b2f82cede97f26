// A small real study for tests: the plugins of the build on a few hundred toy jets, on any device.
#pragma once

#include "framework/run/objective/attacker.hpp"
#include "framework/verify/bench.hpp"

#include <string>
#include <vector>

namespace steppe::testing {

/// Every plugin of the build, and the stages of test_readers.cpp and test_spans.cpp.
const plugin::Catalogue& catalogue();

/// The plan of a pipeline text. Fails the program with all problems when there is one.
pipeline::Plan plan_of(const std::string& toml, const std::vector<std::string>& sets = {});

/// A pipeline on toy jets, jet features and a dense network. `more` adds sections or replaces
/// nothing; `attack` and `hidden` are values.
pipeline::Plan tiny_plan(const std::string& more = "", const std::vector<std::string>& sets = {});

using verify::Bench;
using verify::load_first;
using verify::same_bits;
using verify::values_of;

/// The first attack of the plan's first training, on the bench.
run::Attacker attacker_on(Bench& bench, const pipeline::Plan& plan);

}  // namespace steppe::testing
