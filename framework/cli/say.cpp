#include "framework/cli/say.hpp"

#include "framework/report/escape.hpp"

#include <string>

#include <sys/ioctl.h>

namespace steppe::cli {

using report::LineEnds;

namespace {

/// Where nobody reads stderr, no work ends for it; stdout that cannot be written is an error.
void print(std::FILE* to, const std::string& text) {
  if (to == stderr)
    std::fwrite(text.data(), 1, text.size(), to);
  else
    fmt::print(to, "{}", text);
}

}  // namespace

void show(std::FILE* to, std::string_view text) {
  print(to, report::printable(text, LineEnds::keep));
}

void say(std::FILE* to, std::string_view message) {
  print(to, report::printable(message, LineEnds::escape) + "\n");
}

std::size_t width_of(std::FILE* to) {
  winsize size{};
  const bool known = ::ioctl(::fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 100;
}

}  // namespace steppe::cli
