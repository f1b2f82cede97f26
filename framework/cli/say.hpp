// What the program says to people. All of it goes through here, for it quotes names and sentences
// from files, and a terminal obeys control characters: they are shown and not sent.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace steppe::cli {

/// A text as it stands, line ends too.
void show(std::FILE* to, std::string_view text);
/// A message of one line: a line end inside it is shown as \n.
void say(std::FILE* to, std::string_view message);

/// Characters in a line of the terminal that `to` is; 100 where it is none.
std::size_t width_of(std::FILE* to);

template <class... Arguments>
void show(std::FILE* to, fmt::format_string<Arguments...> format,
          Arguments&&... arguments) requires(sizeof...(Arguments) > 0) {
  show(to, std::string_view{fmt::format(format, std::forward<Arguments>(arguments)...)});
}

template <class... Arguments>
void say(std::FILE* to, fmt::format_string<Arguments...> format,
         Arguments&&... arguments) requires(sizeof...(Arguments) > 0) {
  say(to, std::string_view{fmt::format(format, std::forward<Arguments>(arguments)...)});
}

}  // namespace steppe::cli
