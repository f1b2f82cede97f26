// A results.json as a small study leaves it, with curves whose means are known.
#pragma once

#include "framework/report/results_json.hpp"
#include "framework/report/results_tables.hpp"

#include <string>
#include <vector>

#include "results_fixture.hpp"

namespace steppe::report::testing {

/// `small_study` of results_fixture.hpp, and: a ROC curve a row, whose background efficiency is
/// 0.1, 0.2, ... by trial for "none" and half of it for "fgsm", at the efficiencies 0.5 and 1; a
/// walk uphill that rises to trial + 1; a training of two epochs each, with losses trial + 1 and
/// trial + 0.5.
inline pipeline::StudyResults drawn_study() {
  auto out = small_study();
  out.name = "small";
  out.seed = 1;
  out.data = {{"jets", "pythia", 100, {60, 40}, {}}};
  for (auto& row : out.rows) {
    const double trial = std::stod(row.coordinates[1]);
    const double rate = 0.1 * (trial + 1) * (row.coordinates[0] == "fgsm" ? 0.5 : 1);
    row.curves = {
        {"roc", "signal_efficiency", "background_efficiency", {0.5, 1.0}, {rate, 2 * rate}}};
  }
  for (const std::string attack : {"none", "fgsm"})
    for (int trial = 0; trial < 3; ++trial) {
      const auto number = std::to_string(trial);
      out.sharpness.push_back({"walk",
                               {attack, number},
                               {{"rise", trial + 1.0, 0.1, ""}},
                               {{"ascent", "step", "rise", {0, 1, 2}, {0, 0.5, trial + 1.0}}}});
      out.trainings.push_back({{{"attack", attack}, {"trial", number}},
                               10,
                               80,
                               20,
                               {{"loss", "validation_loss"},
                                {{trial + 1.0, trial + 2.0}, {trial + 0.5, trial + 1.5}}}});
    }
  return out;
}

inline Json drawn_results() { return Json::parse(results_json(drawn_study())); }

/// A run.json with all that a page asks for.
inline Json small_record() {
  return {{"format", "steppe-run/1"},
          {"steppe", "0.1.0"},
          {"started", "2026-01-02T03:04:05Z"},
          {"file", "small.toml"},
          {"seconds", 1.5},
          {"gates", Json::array()},
          {"failures", Json::array()},
          {"notes", {"a note"}},
          {"pipeline", "[pipeline]\nname = \"small\"\n"}};
}

}  // namespace steppe::report::testing
