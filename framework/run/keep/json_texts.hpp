// Texts of objects that are JSON. JSON gives a double back bit for bit; what is not finite is null,
// as in results.json.
#pragma once

#include "framework/data/dataset.hpp"
#include "framework/store/object.hpp"

#include <limits>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::run {

using Json = nlohmann::ordered_json;

/// Text `name` of an object, read as JSON by `reader`, whose refusals get the object's name.
template <class Reader>
auto from_json(const store::Object& object, const char* name, const Reader& reader) {
  try {
    return reader(Json::parse(object.text(name)));
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("'{}': its '{}' cannot be understood: {}",
                                      object.path().string(), name, error.what())};
  }
}

/// Texts that are no UTF-8 get a replacement character, as in results.json.
inline std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

inline double real_of(const Json& json) {
  return json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
}

}  // namespace steppe::run
