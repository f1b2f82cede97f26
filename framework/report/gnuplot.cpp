#include "framework/report/gnuplot.hpp"

#include "framework/data/files.hpp"
#include "framework/report/escape.hpp"
#include "framework/report/plot_script.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steppe::report {

namespace {

namespace fs = std::filesystem;

/// A folder that is gone when this is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (fs::temp_directory_path() / "steppe-figures.XXXXXX").string();
    if (!::mkdtemp(name.data()))
      throw std::runtime_error{"no temporary folder can be made in '" +
                               fs::temp_directory_path().string() + "'"};
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string content(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Waits for at most a minute, then ends the child. @returns its status.
int wait_for(pid_t child) {
  using namespace std::chrono_literals;
  int status = 0;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      break;
    }
    std::this_thread::sleep_for(5ms);
  }
  return status;
}

/// Runs `gnuplot` from PATH on a script, without the user's own settings. Its words go to a file.
/// @returns its exit status; nothing when it is not there.
std::optional<int> run_gnuplot(const fs::path& script, const fs::path& words) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, words.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::string program = "gnuplot", plain = "--default-settings", file = script.string();
  char* arguments[] = {program.data(), plain.data(), file.data(), nullptr};
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, "gnuplot", &files, nullptr, arguments, environ);
  ::posix_spawn_file_actions_destroy(&files);
  if (failure != 0) return std::nullopt;
  const int status = wait_for(child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) return std::nullopt;
  return status;
}

/// The last line that says something.
std::string last_words(const fs::path& file) {
  std::ifstream in{file};
  std::string line, last;
  while (std::getline(in, line))
    if (line.find_first_not_of(" \t^") != std::string::npos) last = line;
  return last.empty() ? "it says nothing" : last;
}

/// @returns false when there is no gnuplot.
bool draw_one(const Plot& plot, const fs::path& folder, Figures& figures) {
  const auto at = [&](const char* ending) { return folder / (plot.id + ending); };
  data::write_whole(at(".dat"), plot_data(plot));
  data::write_whole(at(".gp"), plot_commands(plot, at(".dat")));
  data::write_whole(at(".main.gp"), plot_script(plot, at(".gp"), at(".svg"), at(".pdf")));
  const auto status = run_gnuplot(at(".main.gp"), at(".txt"));
  if (!status) return false;
  auto svg = svg_element(content(at(".svg")), plot.id, plot.caption);
  if (*status != 0 || svg.empty())
    figures.notes.push_back(
        fmt::format("figure '{}' was not drawn: gnuplot: {}", plot.id, last_words(at(".txt"))));
  else
    figures.drawn.push_back({plot.id, plot.caption, std::move(svg), content(at(".pdf"))});
  return true;
}

/// In the tags of an SVG: ids, and what refers to them, begin with `id`.
std::string with_own_ids(std::string tag, const std::string& id) {
  for (const std::string mark : {"id='", "id=\"", "href='#", "href=\"#", "url(#"})
    for (auto at = tag.find(mark); at != std::string::npos; at = tag.find(mark, at)) {
      at += mark.size();
      tag.insert(at, id + "-");
    }
  return tag;
}

}  // namespace

Figures draw(const std::vector<Plot>& plots) {
  constexpr std::size_t most = 60;
  Figures out;
  if (plots.empty()) return out;
  try {
    const TemporaryFolder folder;
    for (const auto& plot : plots) {
      if (out.drawn.size() == most) {
        out.notes.push_back(fmt::format("{} more figures were left out", plots.size() - most));
        break;
      }
      if (draw_one(plot, folder.path(), out)) continue;
      out.notes.push_back(
          "there are no figures, for gnuplot is not installed; install the package "
          "'gnuplot-nox' and make the report again with 'steppe report'");
      break;
    }
  } catch (const std::exception& error) {
    out.notes.push_back(fmt::format("figures are missing: {}", error.what()));
  }
  if (!out.drawn.empty() && out.drawn.front().pdf.empty())
    out.notes.push_back("this gnuplot has no terminal 'pdfcairo': figures are not there as PDF");
  return out;
}

std::string svg_element(const std::string& svg, const std::string& id, const std::string& caption) {
  auto at = svg.find("<svg");
  if (at == std::string::npos || svg.find("</svg>", at) == std::string::npos) return "";
  std::string out = "<svg role=\"img\" aria-label=\"" + escape_markup(caption) + "\" ";
  at += 4;
  // A '<' begins a tag: in texts gnuplot writes &lt;.
  bool in_tag = true;
  while (at < svg.size()) {
    const bool title = svg.compare(at, 7, "<title>") == 0;
    if (title || svg.compare(at, 6, "<desc>") == 0) {
      const std::string end = title ? "</title>" : "</desc>";
      const auto close = svg.find(end, at);
      at = close == std::string::npos ? svg.size() : close + end.size();
      in_tag = false;
      continue;
    }
    auto stop = svg.find(in_tag ? '>' : '<', at);
    stop = stop == std::string::npos ? svg.size() : stop + (in_tag ? 1 : 0);
    const auto piece = svg.substr(at, stop - at);
    out += in_tag ? with_own_ids(piece, id) : piece;
    in_tag = !in_tag;
    at = stop;
  }
  return out;
}

}  // namespace steppe::report
