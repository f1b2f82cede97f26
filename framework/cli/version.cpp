// steppe version: of the program, the plugin interface and the libraries.
#include "framework/cli/commands.hpp"
#include "framework/cli/libraries.hpp"

#include <steppe/abi.h>

#include <fmt/format.h>

namespace steppe::cli {

int version(const VersionOptions& options) {
  if (options.json) {
    print(version_json());
    return success;
  }
  fmt::print("steppe {}\nplugin interface {}.{}\n", STEPPE_VERSION, STEPPE_ABI_MAJOR,
             STEPPE_ABI_MINOR);
  for (const auto& library : libraries())
    fmt::print("{} {}\n", library.name, library.version.empty() ? "not built in" : library.version);
  return success;
}

}  // namespace steppe::cli
