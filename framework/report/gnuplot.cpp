#include "framework/report/gnuplot.hpp"

#include "framework/report/escape.hpp"
#include "framework/report/plot_script.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

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

/// Where PATH has gnuplot; empty: nowhere.
fs::path find_gnuplot() {
  const char* path = std::getenv("PATH");
  std::istringstream folders{path ? path : "/bin:/usr/bin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto program = fs::path{folder.empty() ? "." : folder} / "gnuplot";
    std::error_code ignored;
    if (fs::is_regular_file(program, ignored) && ::access(program.c_str(), X_OK) == 0)
      return fs::absolute(program);
  }
  return {};
}

/// The files of a drawing, in a folder of their own: no script says where that is.
constexpr auto data_file = "figure.dat", commands_file = "figure.gp", script_file = "draw.gp",
               svg_file = "figure.svg", pdf_file = "figure.pdf", words_file = "words.txt";

/// Runs gnuplot in `folder`, without the user's own settings. Its words go to a file.
/// @returns its exit status; nothing when it cannot be started.
std::optional<int> run_gnuplot(const fs::path& gnuplot, const fs::path& folder) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, words_file,
                                     O_WRONLY | O_CREAT | O_TRUNC, 0600);
  std::string program = "gnuplot", plain = "--default-settings", file = script_file;
  char* arguments[] = {program.data(), plain.data(), file.data(), nullptr};
  pid_t child = 0;
  const int failure = ::posix_spawn(&child, gnuplot.c_str(), &files, nullptr, arguments, environ);
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

/// A figure in the language of gnuplot: its numbers, how they are shown, on which terminals.
struct Script {
  std::string data, commands, terminals;

  explicit Script(const Plot& plot)
      : data{plot_data(plot)},
        commands{plot_commands(plot, data_file)},
        terminals{plot_script(plot, commands_file, svg_file, pdf_file)} {}
  std::string text() const { return fmt::format("{}\n{}\n{}", terminals, commands, data); }
};

/// The time of drawing is in a PDF, and would make every one another file.
std::string undated(std::string pdf) {
  constexpr std::string_view mark = "/CreationDate (D:", never = "19700101000000Z)";
  const auto at = pdf.find(mark);
  if (at != std::string::npos && pdf.find(')', at) == at + mark.size() + never.size() - 1)
    pdf.replace(at + mark.size(), never.size(), never);
  return pdf;
}

/// Draws in `folder`. @returns nothing, with a note, when there is no SVG.
std::optional<Drawing> draw_anew(const fs::path& gnuplot, const Script& script,
                                 const std::string& id, const fs::path& folder, Figures& figures) {
  for (const auto* old : {svg_file, pdf_file}) fs::remove(folder / old);
  std::ofstream{folder / data_file} << script.data;
  std::ofstream{folder / commands_file} << script.commands;
  std::ofstream{folder / script_file} << script.terminals;
  const auto status = run_gnuplot(gnuplot, folder);
  Drawing out{content(folder / svg_file), undated(content(folder / pdf_file))};
  if (status == 0 && !svg_element(out.svg, id, "").empty()) return out;
  figures.notes.push_back(
      fmt::format("figure '{}' was not drawn: gnuplot: {}", id,
                  status ? last_words(folder / words_file) : "it cannot be started"));
  return std::nullopt;
}

void draw_one(const fs::path& gnuplot, const Plot& plot, const fs::path& folder, Drawings* before,
              Figures& figures) {
  const Script script{plot};
  const auto text = before ? script.text() : "";
  auto drawing = before ? before->find(gnuplot, text) : std::nullopt;
  if (!drawing) {
    drawing = draw_anew(gnuplot, script, plot.id, folder, figures);
    if (!drawing) return;
    if (before) before->keep(gnuplot, text, *drawing, plot.id);
  }
  figures.drawn.push_back({plot.id, plot.caption, svg_element(drawing->svg, plot.id, plot.caption),
                           std::move(drawing->pdf)});
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

Figures draw(const std::vector<Plot>& plots, Drawings* before) {
  constexpr std::size_t most = 60;
  Figures out;
  if (plots.empty()) return out;
  const auto gnuplot = find_gnuplot();
  if (gnuplot.empty()) {
    out.notes.push_back(
        "there are no figures, for gnuplot is not installed; install the package "
        "'gnuplot-nox' and make the report again with 'steppe report'");
    return out;
  }
  try {
    const TemporaryFolder folder;
    for (std::size_t p = 0; p < std::min(most, plots.size()); ++p)
      draw_one(gnuplot, plots[p], folder.path(), before, out);
  } catch (const std::exception& error) {
    out.notes.push_back(fmt::format("figures are missing: {}", error.what()));
  }
  if (plots.size() > most)
    out.notes.push_back(fmt::format("{} more figures were left out", plots.size() - most));
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
