#include "framework/plugin/catalogue.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

#include <boost/dll/runtime_symbol_info.hpp>
#include <fmt/format.h>

namespace steppe::plugin {

namespace fs = std::filesystem;

namespace {

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? value : nullptr;
}

void add(std::vector<SearchFolder>& path, const fs::path& folder, std::string origin) {
  // An empty entry means "here" to most programs; here it would load whatever lies about.
  if (folder.empty())
    throw PluginError{
        fmt::format("{} has an empty folder name; write '.' for the current folder", origin)};
  std::error_code ignored;
  if (fs::is_regular_file(folder, ignored))
    throw PluginError{fmt::format("{}: '{}' is a file; give the folder that it is in, '{}'", origin,
                                  folder.string(), fs::absolute(folder).parent_path().string())};
  path.push_back({fs::absolute(folder).lexically_normal(), std::move(origin),
                  fs::is_directory(folder, ignored)});
}

void add_list(std::vector<SearchFolder>& path, std::string_view list, const std::string& origin) {
  while (true) {
    const auto colon = list.find(':');
    add(path, fs::path{list.substr(0, colon)}, origin);
    if (colon == std::string_view::npos) return;
    list.remove_prefix(colon + 1);
  }
}

}  // namespace

fs::path program_prefix() { return boost::dll::program_location().parent_path().parent_path(); }

std::vector<SearchFolder> search_path(const std::vector<fs::path>& command_line,
                                      const std::vector<fs::path>& pipeline) {
  std::vector<SearchFolder> path;
  for (const auto& folder : command_line) add(path, folder, "--plugin-path");
  if (const char* list = environment("STEPPE_PLUGIN_PATH"))
    add_list(path, list, "STEPPE_PLUGIN_PATH");
  for (const auto& folder : pipeline) add(path, folder, "[pipeline] plugins");
  if (const char* data = environment("XDG_DATA_HOME"))
    add(path, fs::path{data} / "steppe/plugins", "user data folder");
  else if (const char* home = environment("HOME"))
    add(path, fs::path{home} / ".local/share/steppe/plugins", "user data folder");
  // bin/steppe and lib*/steppe/plugins move together, in a build folder and in a prefix.
  add(path, program_prefix() / STEPPE_PLUGIN_FOLDER, "this program");
  return path;
}

}  // namespace steppe::plugin
