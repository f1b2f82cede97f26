// Which state of a git repository a file belongs to.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace steppe::cli {

struct GitState {
  std::string commit;  ///< its hash; "" before the first one
  std::string branch;  ///< "" where none is checked out
  bool dirty =
      false;  ///< a file that git tracks was changed, or it does not track the one asked for
};

/// Of the repository that `file` lies in. Nothing where it lies in none, or git is not there, or
/// takes too long.
std::optional<GitState> git_state_of(const std::filesystem::path& file);

/// From what 'git status --porcelain=v2 --branch --untracked-files=no' prints.
GitState parse_git_status(const std::string& text);

}  // namespace steppe::cli
