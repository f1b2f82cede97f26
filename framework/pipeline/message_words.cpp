#include "framework/pipeline/message_words.hpp"

#include <steppe/nearest.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline::message {

std::string quoted_list(const std::vector<std::string>& names) {
  return fmt::format("'{}'", fmt::join(names, "', '"));
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known,
                       std::string_view which) {
  const auto near = did_you_mean(word, known);
  if (!near.empty() || known.empty()) return near;
  return fmt::format("; {} {}", which, quoted_list(known));
}

std::string with_article(std::string_view kind) {
  const bool vowel = kind.starts_with('a') || kind.starts_with('o');
  return fmt::format("{} {}", vowel ? "an" : "a", kind);
}

}  // namespace steppe::pipeline::message
