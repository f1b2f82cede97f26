// What `--json` prints: one value, its keys in a fixed order.
#pragma once

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

using Json = nlohmann::ordered_json;

/// In ASCII, so that a terminal meets no control character. Texts that are no UTF-8 (a file name
/// may be anything) get a replacement character.
inline std::string to_text(const Json& json) {
  return json.dump(1, ' ', true, Json::error_handler_t::replace) + "\n";
}

inline void print(const Json& json) { fmt::print("{}", to_text(json)); }

}  // namespace steppe::cli
