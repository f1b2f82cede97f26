// steppe list: the stages there are, and the libraries that were set aside with their reasons.
#include "framework/cli/checked.hpp"
#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/kinds.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

void list_kind(const plugin::Catalogue& catalogue, const plugin::Kind& kind) {
  const auto names = catalogue.names(kind.name);
  if (names.empty()) return;
  fmt::print("{}: {}\n", kind.name, kind.summary);
  for (const auto& name : names)
    fmt::print("  {:<14} {}\n", name, catalogue.find(kind.name, name)->summary);
}

}  // namespace

int list(const ListOptions& options) {
  if (!options.kind.empty() && !plugin::find_kind(options.kind)) {
    std::vector<std::string> names;
    for (const auto& kind : plugin::kinds()) names.emplace_back(kind.name);
    fmt::print(stderr, "there is no kind '{}'{}\n", options.kind,
               did_you_mean(options.kind, names));
    return bad_input;
  }
  const auto path = plugin::search_path(options.plugin_folders, {});
  const auto catalogue = plugin::Catalogue::load(path);
  for (const auto& kind : plugin::kinds())
    if (options.kind.empty() || options.kind == kind.name) list_kind(catalogue, kind);
  if (catalogue.stages().empty()) fmt::print("no plugins were found\n");
  for (const auto& aside : catalogue.set_aside())
    fmt::print("set aside: {}: {}\n", aside.library.string(), aside.reason);
  print_search_path(stdout, catalogue);
  return success;
}

}  // namespace steppe::cli
