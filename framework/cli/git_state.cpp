#include "framework/cli/git_state.hpp"

#include "framework/cli/outside_program.hpp"

#include <sstream>
#include <string_view>
#include <vector>

namespace steppe::cli {

namespace {

/// Nothing of the repository is changed, and none of its programs runs.
std::optional<std::string> ask_git(const std::filesystem::path& folder,
                                   std::vector<std::string> words) {
  std::vector<std::string> command{"git",          "--no-optional-locks",  "--literal-pathspecs",
                                   "-c",           "core.fsmonitor=false", "-C",
                                   folder.string()};
  command.insert(command.end(), words.begin(), words.end());
  return output_of(std::move(command), std::chrono::seconds{10});
}

}  // namespace

GitState parse_git_status(const std::string& text) {
  constexpr std::string_view commit = "# branch.oid ", branch = "# branch.head ";
  GitState out;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(commit))
      out.commit = line.substr(commit.size());
    else if (line.starts_with(branch))
      out.branch = line.substr(branch.size());
    else if (!line.starts_with('#'))
      out.dirty = true;
  }
  if (out.commit == "(initial)") out.commit.clear();
  if (out.branch == "(detached)") out.branch.clear();
  return out;
}

std::optional<GitState> git_state_of(const std::filesystem::path& file) {
  const auto path = std::filesystem::absolute(file);
  const auto status =
      ask_git(path.parent_path(), {"status", "--porcelain=v2", "--branch", "--untracked-files=no"});
  if (!status) return std::nullopt;
  auto out = parse_git_status(*status);
  const auto tracked = ask_git(path.parent_path(), {"ls-files", "--", path.filename().string()});
  out.dirty = out.dirty || !tracked || tracked->empty();
  return out;
}

}  // namespace steppe::cli
