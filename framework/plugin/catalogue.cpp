#include "framework/plugin/catalogue.hpp"

#include "framework/network/operations.hpp"
#include "framework/plugin/cut_off.hpp"
#include "framework/plugin/kinds.hpp"
#include "framework/plugin/scan.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <system_error>

#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

namespace steppe::plugin {

namespace fs = std::filesystem;

namespace {

constexpr const char* entry_symbol = "steppe_plugin_entry";
/// Of one library, on a slow disk too.
constexpr std::chrono::seconds most_time_to_load{10};

/// Libraries stay loaded until the process ends, on purpose: nothing can outlive its code.
boost::dll::shared_library& keep_loaded(boost::dll::shared_library library) {
  static auto& libraries = *new std::deque<boost::dll::shared_library>;
  return libraries.emplace_back(std::move(library));
}

Scalar from_c(steppe_type type, const steppe_scalar& item) {
  switch (type) {
    case STEPPE_REAL:
      return item.real;
    case STEPPE_INTEGER:
      return item.integer;
    case STEPPE_BOOLEAN:
      return item.boolean != 0;
    default:
      return std::string{item.text ? item.text : ""};
  }
}

std::string text_or_empty(const char* text) { return text ? text : ""; }

Parameter from_c(const steppe_parameter& p) {
  Parameter out;
  out.name = p.name;
  out.type = static_cast<Type>(p.type);
  out.is_array = p.is_array != 0;
  out.required = p.required != 0;
  if (!out.required)
    for (std::size_t i = 0; i < p.fallback_count; ++i)
      out.fallback.push_back(from_c(p.type, p.fallback[i]));
  out.minimum = p.minimum;
  out.maximum = p.maximum;
  out.above_minimum = p.above_minimum != 0;
  out.unit = text_or_empty(p.unit);
  out.text = text_or_empty(p.text);
  for (const char* const* choice = p.choices; choice && *choice; ++choice)
    out.choices.emplace_back(*choice);
  out.reference_kind = text_or_empty(p.reference_kind);
  return out;
}

/// What the dynamic loader said, out of the frame Boost puts around it.
std::string loader_words(std::string_view message) {
  constexpr std::string_view frame = "dlerror system message: ";
  const auto at = message.find(frame);
  if (at == std::string_view::npos) return std::string{message};
  message.remove_prefix(at + frame.size());
  return std::string{message.substr(0, message.rfind(')'))};
}

/// Loads one file and returns its plugin table. @throws PluginError with the reason.
const steppe_plugin& open(const fs::path& file) {
  if (is_cut_off(file)) throw PluginError{"the file is cut off; copy or build it again"};
  boost::dll::shared_library library;
  try {
    using Mode = boost::dll::load_mode::type;
    library.load(file, Mode::rtld_now | Mode::rtld_local);
  } catch (const std::system_error& error) {
    throw PluginError{
        fmt::format("it is no library that can be loaded: {}", loader_words(error.what()))};
  }
  if (!library.has(entry_symbol))
    throw PluginError{
        fmt::format("it does not export '{}'; write STEPPE_PLUGIN(...) at the end of "
                    "its source and build it with steppe_add_plugin()",
                    entry_symbol)};
  auto& kept = keep_loaded(std::move(library));
  const auto* plugin = kept.get<const steppe_plugin*()>(entry_symbol)();
  if (!plugin) throw PluginError{"its entry point gave nothing: it failed while making its tables"};
  return *plugin;
}

/// Minors of one major grow by appending, but major 0 promises nothing between them.
bool minor_fits(std::uint32_t minor) {
  return STEPPE_ABI_MAJOR == 0 ? minor == STEPPE_ABI_MINOR : minor <= STEPPE_ABI_MINOR;
}

void check_version(const steppe_plugin& plugin) {
  const bool fits = plugin.abi_major == STEPPE_ABI_MAJOR && minor_fits(plugin.abi_minor);
  if (fits && plugin.size >= sizeof(steppe_plugin)) return;
  throw PluginError{fmt::format(
      "it was built for plugin interface {}.{}, and this program has {}.{}; build it again with "
      "this version's SDK",
      plugin.abi_major, plugin.abi_minor, STEPPE_ABI_MAJOR, STEPPE_ABI_MINOR)};
}

/// What keeps a layer from being an operation of models. "" when nothing does.
std::string fault_of_layer(const steppe_stage& stage) {
  if (network::find_operation(stage.name))
    return fmt::format("layer '{}' has the name of a built-in operation; give it another",
                       stage.name);
  if (static_cast<const steppe_layer*>(stage.table)->inputs == 0)
    return fmt::format("layer '{}' reads no inputs", stage.name);
  for (std::size_t i = 0; i < stage.parameter_count; ++i)
    if (stage.parameters[i].is_array)
      return fmt::format("setting '{}' of layer '{}' is a list, and models give single values",
                         stage.parameters[i].name, stage.name);
  return "";
}

/// What is wrong with a stage's tables. "" when they are fit to use.
std::string fault(const steppe_stage& stage) {
  if (!stage.kind || !stage.name || !*stage.name) return "a stage has no kind or no name";
  const auto* kind = find_kind(stage.kind);
  if (!kind) return fmt::format("stage '{}' is of unknown kind '{}'", stage.name, stage.kind);
  if (!stage.create || !stage.destroy || !stage.table)
    return fmt::format("{} '{}' has no create, destroy or table", stage.kind, stage.name);
  const auto missing = kind->missing(stage.table);
  if (!missing.empty())
    return fmt::format("{} '{}' lacks the function '{}'", stage.kind, stage.name, missing);
  return kind->name == "layer" ? fault_of_layer(stage) : "";
}

/// The `*.so` of a folder, sorted.
std::vector<fs::path> libraries_in(const fs::path& folder, std::vector<SetAside>& set_aside) {
  std::vector<fs::path> out;
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator{folder, failure})
    if (entry.path().extension() == ".so") out.push_back(entry.path());
  if (failure)
    set_aside.push_back({folder, fmt::format("the folder cannot be read: {}", failure.message())});
  std::sort(out.begin(), out.end());
  return out;
}

/// What this program brings with it is known to load.
bool is_own(const fs::path& folder) {
  return fs::weakly_canonical(folder) ==
         fs::weakly_canonical(program_prefix() / STEPPE_PLUGIN_FOLDER);
}

}  // namespace

const Parameter* StageInfo::find_parameter(std::string_view wanted) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](const Parameter& p) { return p.name == wanted; });
  return found == parameters.end() ? nullptr : &*found;
}

Catalogue Catalogue::load(const std::vector<SearchFolder>& path,
                          const std::vector<fs::path>& first) {
  Catalogue out;
  out.path_ = path;
  std::set<fs::path> seen;
  const auto is_new = [&](const fs::path& file) {
    return seen.insert(fs::weakly_canonical(file)).second;
  };
  for (const auto& file : first)
    if (is_new(file)) out.add_library(file);
  std::vector<fs::path> files, strange;
  for (const auto& folder : path) {
    if (!folder.exists) continue;
    auto libraries = libraries_in(folder.folder, out.set_aside_);
    std::erase_if(libraries, [&](const fs::path& file) { return !is_new(file); });
    files.insert(files.end(), libraries.begin(), libraries.end());
    if (!is_own(folder.folder)) strange.insert(strange.end(), libraries.begin(), libraries.end());
  }
  const auto faults =
      scan(strange, most_time_to_load, [](const fs::path& file) { load({}, {file}); });
  for (const auto& file : files) {
    const auto fault = faults.find(file);
    if (fault == faults.end())
      out.add_library(file);
    else
      out.set_aside_.push_back({file, fault->second});
  }
  return out;
}

void Catalogue::add_library(const fs::path& file) {
  try {
    const auto& plugin = open(file);
    check_version(plugin);
    for (std::size_t i = 0; i < plugin.stage_count; ++i) {
      const auto reason = fault(*plugin.stages[i]);
      if (!reason.empty()) throw PluginError{reason};
      if (const auto* first = find(plugin.stages[i]->kind, plugin.stages[i]->name))
        throw PluginError{fmt::format("{} '{}' is there already, from {}; remove one of the two",
                                      first->kind, first->name, first->library.string())};
    }
    for (std::size_t i = 0; i < plugin.stage_count; ++i) add_stage(file, plugin, *plugin.stages[i]);
  } catch (const PluginError& error) {
    set_aside_.push_back({file, error.what()});
  }
}

void Catalogue::add_stage(const fs::path& file, const steppe_plugin& plugin,
                          const steppe_stage& stage) {
  StageInfo info{.kind = stage.kind,
                 .name = stage.name,
                 .summary = text_or_empty(stage.summary),
                 .text = text_or_empty(stage.text),
                 .source = text_or_empty(stage.source),
                 .version = text_or_empty(stage.version),
                 .example = text_or_empty(stage.example),
                 .parameters = {},
                 .library = file,
                 .build = text_or_empty(plugin.build),
                 .table = &stage};
  for (std::size_t i = 0; i < stage.parameter_count; ++i)
    info.parameters.push_back(from_c(stage.parameters[i]));
  stages_.push_back(std::move(info));
}

const StageInfo* Catalogue::find(std::string_view kind, std::string_view name) const {
  const auto found = std::find_if(stages_.begin(), stages_.end(), [&](const StageInfo& stage) {
    return stage.kind == kind && stage.name == name;
  });
  return found == stages_.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::names(std::string_view kind) const {
  std::vector<std::string> out;
  for (const auto& stage : stages_)
    if (stage.kind == kind) out.push_back(stage.name);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace steppe::plugin
