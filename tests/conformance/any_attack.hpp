// Every attack in the catalogue, in the space it is meant for, on every device.
#pragma once

#include "framework/plugin/handles.hpp"
#include "framework/run/attacker.hpp"

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe {

/// An attack with settings that change what it declares, or with none.
struct AttackCase {
  std::string attack, variant, settings, device;
};

inline void PrintTo(const AttackCase& one, std::ostream* out) {
  *out << one.attack << one.variant << " on " << one.device;
}

inline std::vector<AttackCase> attack_cases() {
  std::vector<AttackCase> out;
  for (const auto* device : {"cpu", "far"}) {
    for (const auto& name : testing::catalogue().names("attack"))
      out.push_back({name, "", "", device});
    out.push_back({"pgd", "_l2", "norm = \"l2\"\n", device});
    out.push_back({"pgd", "_best_of_random", "start = \"random\"\nkeep = \"best\"\n", device});
    out.push_back({"sam", "_sign", "ascent = \"sign\"\n", device});
  }
  return out;
}

inline steppe_attack table_of(const std::string& attack) {
  return plugin::functions_of<steppe_attack>(*testing::catalogue().find("attack", attack));
}

/// Those for which `holds` is true of their table.
template <class Holds>
std::vector<AttackCase> attack_cases_if(const Holds& holds) {
  auto out = attack_cases();
  std::erase_if(out, [&](const AttackCase& one) { return !holds(table_of(one.attack)); });
  return out;
}
inline bool is_for_events(const steppe_attack& table) {
  return table.default_space == STEPPE_INPUTS;
}
inline bool is_for_weights(const steppe_attack& table) { return !is_for_events(table); }

inline std::string name_of_attack(const ::testing::TestParamInfo<AttackCase>& one) {
  return one.param.attack + one.param.variant + "_" + one.param.device;
}

class AnyAttack : public ::testing::TestWithParam<AttackCase> {
 protected:
  steppe_attack table() const { return table_of(GetParam().attack); }
  bool moves_weights() const { return is_for_weights(table()); }
  compute::Tensor point() const {
    return moves_weights() ? bench_->at.weights : bench_->batch.features();
  }

  /// A network and a batch of `capacity` events for the attack with this strength and wiring.
  void prepare(double strength, const std::string& wiring, std::size_t capacity) {
    prepare(testing::tiny_plan("\n[attack." + GetParam().attack + "]\n" + table().strength + " = " +
                                   std::to_string(strength) + "\n" + GetParam().settings + wiring,
                               {"values.attack=" + GetParam().attack}),
            capacity);
  }
  /// The same for the attack of a plan.
  void prepare(pipeline::Plan plan, std::size_t capacity) {
    plan_ = std::move(plan);
    bench_ = std::make_unique<testing::Bench>(plan_, GetParam().device, capacity);
    capacity_ = capacity;
    const plugin::Instance instance{*stage().info, stage().settings, stage().name};
    ball_ = table().ball(instance.get());
    before_ = values();
  }
  const pipeline::Stage& stage() const { return plan_.trainings[0].attacks[0]; }
  std::vector<float> values() const { return testing::values_of(*bench_->queue, point()); }

  std::unique_ptr<run::Attacker> make_attacker() {
    plugin::Surroundings surroundings;
    surroundings.queue = bench_->queue.get();
    surroundings.seed = 5;
    return std::make_unique<run::Attacker>(
        stage(), *bench_->data, bench_->network, capacity_, surroundings,
        run::deviations_for(stage(), *bench_->data, bench_->training_rows()));
  }
  /// The first `count` events, or the weights.
  void move(run::Attacker& attacker, std::size_t count, const steppe_moment& moment = {}) {
    if (moves_weights())
      attacker.move_weights(bench_->loss, bench_->at, bench_->batch, moment);
    else
      attacker.move_events(bench_->loss, bench_->at, bench_->batch, count, moment);
  }
  /// All of it. @returns the point afterwards.
  std::vector<float> attack(double strength, const std::string& wiring = "",
                            std::size_t count = rows, std::size_t capacity = rows) {
    prepare(strength, wiring, capacity);
    const auto attacker = make_attacker();
    EXPECT_EQ(attacker->moves_weights(), moves_weights());
    move(*attacker, count);
    return values();
  }

  static constexpr std::size_t rows = 40;
  pipeline::Plan plan_;
  std::unique_ptr<testing::Bench> bench_;
  std::size_t capacity_ = 0;
  steppe_ball ball_ = STEPPE_NO_BALL;
  std::vector<float> before_;
};

}  // namespace steppe
