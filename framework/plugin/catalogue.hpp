// The catalogue: every stage of every plugin found, and every library that was set aside, with its
// reason.
//
// Libraries are found by Boost.DLL on a search path of folders, loaded once with local symbols, and
// never unloaded: a stage's tables are good for the life of the process.
#pragma once

#include "framework/plugin/settings.hpp"

#include <steppe/abi.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::plugin {

/// A plugin said no, or broke its contract. The message is a finished sentence.
class PluginError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One stage as its library describes it.
struct StageInfo {
  std::string kind;
  std::string name;
  std::string summary, text, source, version, example;
  std::vector<Parameter> parameters;
  std::filesystem::path library;
  std::string build;  ///< compiler of the library
  const steppe_stage* table = nullptr;

  const Parameter* find_parameter(std::string_view name) const;
};

struct SetAside {
  std::filesystem::path library;
  std::string reason;  ///< finished sentence
};

/// One folder of the search path and where it came from ("--plugin-path", "install prefix", ...).
struct SearchFolder {
  std::filesystem::path folder;
  std::string origin;
  bool exists = false;
};

class Catalogue {
 public:
  /// Loads the files `first`, then every `*.so` of the folders, in their order, names sorted. A
  /// stage found twice (same kind and name, another library) is refused: the later library is set
  /// aside with both paths. The same file reached by two ways counts once. Libraries of folders
  /// other than this program's own are loaded in a child process before (scan.hpp): one that
  /// crashes there is set aside. The files `first` are not: who names a file knows it. [setup]
  static Catalogue load(const std::vector<SearchFolder>& path,
                        const std::vector<std::filesystem::path>& first = {});

  const std::vector<StageInfo>& stages() const { return stages_; }
  const std::vector<SetAside>& set_aside() const { return set_aside_; }
  const std::vector<SearchFolder>& path() const { return path_; }

  const StageInfo* find(std::string_view kind, std::string_view name) const;
  /// Names of all stages of a kind, sorted.
  std::vector<std::string> names(std::string_view kind) const;

 private:
  void add_library(const std::filesystem::path& file);
  void add_stage(const std::filesystem::path& file, const steppe_plugin& plugin,
                 const steppe_stage& stage);

  std::vector<StageInfo> stages_;
  std::vector<SetAside> set_aside_;
  std::vector<SearchFolder> path_;
};

/// Where plugins are looked for: `--plugin-path` folders, STEPPE_PLUGIN_PATH (split at ':'),
/// `[pipeline] plugins` (relative to the file), $XDG_DATA_HOME/steppe/plugins, and the folder that
/// belongs to this program. An empty entry is refused, so the current folder is never searched by
/// accident. @throws PluginError.
std::vector<SearchFolder> search_path(const std::vector<std::filesystem::path>& command_line,
                                      const std::vector<std::filesystem::path>& pipeline);

/// The folder that bin/ with this program is in: a build folder, or an installed prefix. What
/// belongs to the program moves with it.
std::filesystem::path program_prefix();

}  // namespace steppe::plugin
