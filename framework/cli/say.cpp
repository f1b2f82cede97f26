#include "framework/cli/say.hpp"

#include "framework/report/escape.hpp"

#include <sys/ioctl.h>

namespace steppe::cli {

using report::LineEnds;

void show(std::FILE* to, std::string_view text) {
  fmt::print(to, "{}", report::printable(text, LineEnds::keep));
}

void say(std::FILE* to, std::string_view message) {
  fmt::print(to, "{}\n", report::printable(message, LineEnds::escape));
}

std::size_t width_of(std::FILE* to) {
  winsize size{};
  const bool known = ::ioctl(::fileno(to), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 100;
}

}  // namespace steppe::cli
