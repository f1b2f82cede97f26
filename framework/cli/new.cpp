// steppe new: a plugin's project, made of the templates that come with the SDK. It builds, verifies
// and runs as it stands; its author goes on from there.
#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/files.hpp"
#include "framework/network/operations.hpp"
#include "framework/plugin/catalogue.hpp"
#include "framework/plugin/kinds.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>

#include <fmt/format.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;

bool is_kind(const std::string& kind) {
  if (plugin::find_kind(kind)) return true;
  std::vector<std::string> names;
  for (const auto& one : plugin::kinds()) names.emplace_back(one.name);
  say(stderr, "there is no kind '{}'{}; kinds are {}", kind, did_you_mean(kind, names),
      fmt::join(names, ", "));
  return false;
}

/// What is wrong with a name that will be one of a file, a target of CMake and a heading of TOML;
/// "" when nothing is.
std::string fault_of_name(const std::string& kind, const std::string& name) {
  constexpr std::array reserved{"all",     "clean",          "edit_cache",    "help", "install",
                                "package", "package_source", "rebuild_cache", "test", "none"};
  const auto fits = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; };
  if (name.empty() || !std::islower(static_cast<unsigned char>(name.front())) ||
      !std::ranges::all_of(name, fits))
    return "a name is made of small letters, digits and '_', and begins with a letter";
  if (std::ranges::find(reserved, name) != reserved.end())
    return "this name means something else in pipelines or in CMake";
  if (kind == "layer" && network::find_operation(name))
    return "this is a built-in operation; see docs/operations.md";
  const auto catalogue = plugin::Catalogue::load(plugin::search_path({}, {}));
  if (const auto* there = catalogue.find(kind, name))
    return fmt::format("there is one of this name already, from '{}'", there->library.string());
  return "";
}

/// soft_clip -> SoftClip
std::string class_name(const std::string& name) {
  std::string out;
  bool capital = true;
  for (const unsigned char c : name) {
    if (c != '_') out += static_cast<char>(capital ? std::toupper(c) : c);
    capital = c == '_';
  }
  return out;
}

using Words = std::map<std::string, std::string>;

std::string filled_in(std::string text, const Words& words) {
  for (const auto& [place, word] : words)
    for (auto at = text.find(place); at != std::string::npos;
         at = text.find(place, at + word.size()))
      text.replace(at, place.size(), word);
  return text;
}

std::string read_text(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Every `<name>.in` of a folder, filled in.
void fill_in(const fs::path& templates, const Words& words, const fs::path& to) {
  if (!fs::is_directory(templates))
    throw std::runtime_error{fmt::format(
        "the templates are not beside this program: there is no '{}'; install Steppe whole",
        templates.string())};
  for (const auto& entry : fs::directory_iterator{templates})
    if (entry.path().extension() == ".in")
      data::write_whole(to / filled_in(entry.path().stem().string(), words),
                        filled_in(read_text(entry.path()), words));
}

/// Makes the project beside its place and moves it there, so that it is there whole or not at all.
void make_whole(const std::string& kind, const Words& words, const fs::path& project) {
  const auto templates = plugin::program_prefix() / STEPPE_TEMPLATE_FOLDER;
  auto unfinished = project;
  unfinished += fmt::format(".{}", ::getpid());
  try {
    fs::create_directories(unfinished);
    for (const auto& part : {std::string{"common"}, kind})
      fill_in(templates / part, words, unfinished);
    fs::rename(unfinished, project);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw;
  }
}

}  // namespace

int make_project(const NewOptions& options) {
  const auto& name = options.name;
  if (!is_kind(options.kind)) return bad_input;
  if (const auto fault = fault_of_name(options.kind, name); !fault.empty()) {
    say(stderr, "'{}' cannot be the name of a new {}: {}", name, options.kind, fault);
    return bad_input;
  }
  const auto project = options.folder / name;
  if (fs::exists(fs::symlink_status(project))) {
    say(stderr, "'{}' is there already; choose another name, or a folder with --in",
        project.string());
    return bad_input;
  }
  make_whole(options.kind,
             {{"@NAME@", name}, {"@CLASS@", class_name(name)}, {"@KIND@", options.kind}}, project);
  const auto folder = project.lexically_normal().string();
  show(stdout,
       "made {0}/ with {1}.cpp, {1}.toml, CMakeLists.txt and README.md; now\n"
       "  cmake -S {0} -B {0}/build -DCMAKE_PREFIX_PATH={2} && cmake --build {0}/build\n"
       "  steppe verify {0}/build/{1}.so\n"
       "  steppe run {0}/{1}.toml --plugin-path {0}/build\n",
       folder, name, plugin::program_prefix().string());
  return success;
}

}  // namespace steppe::cli
