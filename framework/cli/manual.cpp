#include "framework/cli/manual.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

Offer offer(const Argument& argument) {
  const std::string_view value = argument.value;
  if (value == "STAGE") return Offer::stages;
  if (value == "KIND") return Offer::kinds;
  if (value == "DIR") return Offer::folders;
  if (value == "FILE.toml") return Offer::pipelines;
  if (value.starts_with("FILE") || value == "RUN" || value == "PLUGIN.so") return Offer::files;
  return value.find('|') != std::string_view::npos ? Offer::words : Offer::nothing;
}

std::string words_of(const Argument& argument) {
  auto out = argument.value;
  std::replace(out.begin(), out.end(), '|', ' ');
  return out;
}

std::string names_of(const std::vector<Argument>& options, std::string_view between) {
  std::string out;
  for (const auto& option : options)
    for (const auto& name : option.names) {
      if (!out.empty()) out += between;
      out += name;
    }
  return out;
}

std::string unexpected_word(const Manual& manual, std::string_view command, std::string_view word) {
  word = word.substr(0, word.find('='));
  const auto found = std::find_if(manual.commands.begin(), manual.commands.end(),
                                  [&](const Command& known) { return known.name == command; });
  const bool at_front = found == manual.commands.end();
  const auto help =
      at_front ? std::string{"steppe --help"} : fmt::format("steppe {} --help", command);
  if (!word.starts_with('-') && !at_front)
    return fmt::format("'{}' has no use for '{}'; '{}' shows what it takes", command, word, help);
  std::vector<std::string> known;
  if (word.starts_with('-'))
    for (const auto& option : at_front ? manual.options : found->options)
      known.insert(known.end(), option.names.begin(), option.names.end());
  else
    for (const auto& other : manual.commands) known.push_back(other.name);
  const auto subject = word.starts_with('-') ? fmt::format("'{}' has no option '{}'",
                                                           at_front ? "steppe" : command, word)
                                             : fmt::format("there is no command '{}'", word);
  const auto guess = did_you_mean(word, known);
  return subject + (guess.empty() ? fmt::format("; '{}' shows all", help) : guess);
}

}  // namespace steppe::cli
