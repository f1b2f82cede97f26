// steppe version: of the program, the plugin interface and the libraries.
#include "framework/cli/commands.hpp"
#include "framework/cli/libraries.hpp"
#include "framework/cli/say.hpp"

#include <fmt/format.h>

namespace steppe::cli {

int version(const VersionOptions& options) {
  if (options.json)
    print(version_json());
  else
    show(stdout, version_text());
  return success;
}

}  // namespace steppe::cli
