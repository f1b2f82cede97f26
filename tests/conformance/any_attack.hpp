// Every attack in the catalogue, in the space it is meant for, on every device.
#pragma once

#include "framework/verify/attack_trial.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "devices.hpp"
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
  for (const auto* device : tested_devices()) {
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

class AnyAttack : public ::testing::TestWithParam<AttackCase>, protected verify::AttackTrial {
 protected:
  AnyAttack()
      : AttackTrial{testing::catalogue(), GetParam().attack, GetParam().settings,
                    GetParam().device} {}
};

}  // namespace steppe
