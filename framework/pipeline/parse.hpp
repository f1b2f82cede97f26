// TOML text -> table with positions. The only file that knows the TOML library is parse.cpp.
#pragma once

#include "framework/pipeline/document.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// Entries in the order of the text; `name` is the file of all positions. Nothing, and a problem,
/// when the text is not TOML.
std::optional<Table> parse_toml(std::string_view text,
                                const std::shared_ptr<const std::string>& name,
                                std::vector<Problem>& problems);

}  // namespace steppe::pipeline
