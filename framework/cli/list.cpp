// steppe list: the stages there are, and the libraries that were set aside with their reasons.
#include "framework/cli/checked.hpp"
#include "framework/cli/json.hpp"
#include "framework/cli/say.hpp"
#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/kinds.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

std::vector<std::string> kind_names() {
  std::vector<std::string> out;
  for (const auto& kind : plugin::kinds()) out.emplace_back(kind.name);
  return out;
}

void list_kind(const plugin::Catalogue& catalogue, const plugin::Kind& kind) {
  const auto names = catalogue.names(kind.name);
  if (names.empty()) return;
  show(stdout, "{}: {}\n", kind.name, kind.summary);
  for (const auto& name : names)
    show(stdout, "  {:<14} {}\n", name, catalogue.find(kind.name, name)->summary);
}

Json catalogue_json(const plugin::Catalogue& catalogue, const std::string& wanted) {
  Json out = {{"stages", Json::array()}, {"set_aside", Json::array()}, {"path", Json::array()}};
  for (const auto& kind : plugin::kinds()) {
    if (!wanted.empty() && wanted != kind.name) continue;
    for (const auto& name : catalogue.names(kind.name)) {
      const auto& stage = *catalogue.find(kind.name, name);
      out["stages"].push_back({{"kind", stage.kind},
                               {"name", stage.name},
                               {"summary", stage.summary},
                               {"version", stage.version},
                               {"library", stage.library.string()}});
    }
  }
  for (const auto& aside : catalogue.set_aside())
    out["set_aside"].push_back({{"library", aside.library.string()}, {"reason", aside.reason}});
  for (const auto& folder : catalogue.path())
    out["path"].push_back(
        {{"folder", folder.folder.string()}, {"origin", folder.origin}, {"exists", folder.exists}});
  return out;
}

void print_names(const plugin::Catalogue& catalogue, const std::string& wanted) {
  for (const auto& kind : plugin::kinds())
    if (wanted.empty() || wanted == kind.name)
      for (const auto& name : catalogue.names(kind.name)) show(stdout, "{}\n", name);
}

}  // namespace

int list(const ListOptions& options) {
  if (options.kinds) {
    show(stdout, "{}\n", fmt::join(kind_names(), "\n"));
    return success;
  }
  if (!options.kind.empty() && !plugin::find_kind(options.kind)) {
    say(stderr, "there is no kind '{}'{}", options.kind, did_you_mean(options.kind, kind_names()));
    return bad_input;
  }
  const auto path = plugin::search_path(options.plugin_folders, {});
  const auto catalogue = plugin::Catalogue::load(path);
  if (options.names) {
    print_names(catalogue, options.kind);
    return success;
  }
  if (options.json) {
    print(catalogue_json(catalogue, options.kind));
    return success;
  }
  for (const auto& kind : plugin::kinds())
    if (options.kind.empty() || options.kind == kind.name) list_kind(catalogue, kind);
  if (catalogue.stages().empty()) show(stdout, "no plugins were found\n");
  for (const auto& aside : catalogue.set_aside())
    show(stdout, "set aside: {}: {}\n", aside.library.string(), aside.reason);
  print_search_path(stdout, catalogue);
  return success;
}

}  // namespace steppe::cli
