#include "framework/cli/say.hpp"

#include "framework/report/escape.hpp"

namespace steppe::cli {

using report::LineEnds;

void show(std::FILE* to, std::string_view text) {
  fmt::print(to, "{}", report::printable(text, LineEnds::keep));
}

void say(std::FILE* to, std::string_view message) {
  fmt::print(to, "{}\n", report::printable(message, LineEnds::escape));
}

}  // namespace steppe::cli
