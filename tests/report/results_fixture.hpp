// Results made by hand.
#pragma once

#include "framework/pipeline/results.hpp"

#include <string>
#include <vector>

namespace steppe::report::testing {

inline data::Quantity number(const std::string& name, double value, double uncertainty = 0.01) {
  return {name, value, uncertainty, ""};
}

/// Two attacks and none, two test sets, trials 0, 1, 2: auc is 0.8, 0.9, 1.0 plus what the attack
/// gives (fgsm 0.01, 0.02, 0.03) minus what the test set takes (herwig 0.1).
inline pipeline::StudyResults small_study() {
  pipeline::StudyResults out;
  out.axes = {"attack", "trial", "test"};
  for (const std::string attack : {"none", "fgsm"})
    for (int trial = 0; trial < 3; ++trial)
      for (const std::string test : {"pythia", "herwig"}) {
        auto& row = out.rows.emplace_back();
        row.coordinates = {attack, std::to_string(trial), test};
        row.quantities = {number("auc", 0.8 + 0.1 * trial +
                                            (attack == "fgsm" ? 0.01 * (trial + 1) : 0) -
                                            (test == "herwig" ? 0.1 : 0))};
      }
  return out;
}

}  // namespace steppe::report::testing
