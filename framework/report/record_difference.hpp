// What two run.json do not have in common: why the results of two runs may be different.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace steppe::report {

struct RecordChange {
  std::string what;                          ///< "attack.fgsm.epsilon", "attack.fgsm version"
  std::optional<std::string> first, second;  ///< none: it is not there
};

/// A part of the records: "pipeline", "plugins".
struct RecordPart {
  std::string name;
  bool told = true;  ///< false: one of them, of an older program, does not say
  std::vector<RecordChange> changes;
};

/// The parts pipeline, set, plugins, data files, seeds, program, host and git, in this order. What
/// one of two records does not say is not compared.
std::vector<RecordPart> record_difference(const nlohmann::ordered_json& first,
                                          const nlohmann::ordered_json& second);

}  // namespace steppe::report
