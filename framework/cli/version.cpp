// steppe version: of the program, the plugin interface and the libraries.
#include "framework/cli/commands.hpp"
#include "framework/cli/libraries.hpp"

#include <fmt/format.h>

namespace steppe::cli {

int version(const VersionOptions& options) {
  if (options.json)
    print(version_json());
  else
    fmt::print("{}", version_text());
  return success;
}

}  // namespace steppe::cli
