// The kinds of stages, one row each. What differs between kinds is here and in their bridge; the
// catalogue, the checks, `list` and `describe` serve them all from this table.
#pragma once

#include "framework/plugin/settings.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace steppe::plugin {

struct Kind {
  std::string_view name;          ///< heading in a pipeline file: [attack.pgd]
  std::string_view gives;         ///< "Dataset", "Weights", ...
  std::string_view summary;       ///< one line for `list`
  std::vector<Parameter> wiring;  ///< settings the host reads itself, the same for all plugins
  /// The first function its table must have and has not; "" when it is complete.
  std::string_view (*missing)(const void* table);
};

/// Every kind, in the order data flows.
std::span<const Kind> kinds();
/// nullptr when there is no such kind.
const Kind* find_kind(std::string_view name);

}  // namespace steppe::plugin
