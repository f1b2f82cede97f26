// Names by pattern: "constituent.*", "*.delta_phi". What `move`, `hold` and projectors go by.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace steppe {

/// Whether `pattern`, in which '*' stands for any characters or none, covers all of `name`.
inline bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  if (name.substr(0, star) != pattern.substr(0, star)) return false;
  const auto rest = pattern.substr(star + 1);
  for (std::size_t at = star; at <= name.size(); ++at)
    if (matches(rest, name.substr(at))) return true;
  return false;
}

/// Whether one of `patterns`, any range of strings, covers `name`.
template <class Patterns>
bool any_matches(const Patterns& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](std::string_view pattern) { return matches(pattern, name); });
}

}  // namespace steppe
