// Numbers of things in sentences.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace steppe::cli {

/// "1 training", "3 trainings". `what`: one of them.
inline std::string counted(std::size_t number, std::string_view what) {
  return fmt::format("{} {}{}", number, what, number == 1 ? "" : "s");
}

}  // namespace steppe::cli
