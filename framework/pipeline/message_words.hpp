// Turns of phrase that many messages share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline::message {

/// "'a', 'b'"
std::string quoted_list(const std::vector<std::string>& names);
/// The nearest known word, or else all of them, or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& known,
                       std::string_view which);
/// "an attack", "a model"
std::string with_article(std::string_view kind);

}  // namespace steppe::pipeline::message
