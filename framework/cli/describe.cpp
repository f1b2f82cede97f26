// steppe describe: what a stage, a kind or a heading of files is for; settings with types, ranges,
// units and defaults.
#include "framework/cli/commands.hpp"
#include "framework/cli/json.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/stage_text.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

void print(const plugin::Parameter& p) {
  show(stdout, "  {:<22} {}\n  {:<22} {}; {}{}\n", p.name, p.text, "", facts(p),
       p.required ? "" : "default ", default_text(p));
}

void print(const std::string& title, const std::vector<plugin::Parameter>& parameters) {
  if (parameters.empty()) return;
  show(stdout, "\n{}:\n", title);
  for (const auto& p : parameters) print(p);
}

void print(const plugin::StageInfo& stage) {
  show(stdout, "{} '{}': {}\n", stage.kind, stage.name, stage.summary);
  if (!stage.text.empty()) show(stdout, "\n{}\n", stage.text);
  if (!stage.source.empty()) show(stdout, "\nSource: {}\n", stage.source);
  print("Settings", stage.parameters);
  if (const auto* kind = plugin::find_kind(stage.kind))
    print("Settings of every " + stage.kind, kind->wiring);
  if (!stage.example.empty()) show(stdout, "\nExample:\n\n{}\n", stage.example);
  show(stdout, "\nFrom {} (version {})\n", stage.library.string(), stage.version);
}

void print(const pipeline::FilePart& part) {
  show(stdout, "{}: {}\n\n{}\n", part.written, part.summary, part.text);
  print("Settings", part.keys);
  show(stdout, "\nExample:\n\n{}\n", part.example);
}

void print(const plugin::Kind& kind, const std::vector<std::string>& stages) {
  show(stdout, "{}: {}\n", kind.name, kind.summary);
  print(fmt::format("Settings of every {}", kind.name), kind.wiring);
  show(stdout, "\nStages: {}\n", fmt::join(stages, ", "));
}

/// "matrix", "[matrix]", "splits" and "split" for "pipeline.splits"; nullptr when it is none.
const pipeline::FilePart* part_named(const std::string& word) {
  for (const auto& part : pipeline::file_parts())
    if (word == part.name || word == part.written || "pipeline." + word == part.name ||
        "pipeline." + word + "s" == part.name)
      return &part;
  return nullptr;
}

/// Headings and kinds, which are there without a plugin. @returns whether there is one.
bool describe_part(const DescribeOptions& options, const plugin::Catalogue& catalogue) {
  if (const auto* part = part_named(options.stage)) {
    if (options.json)
      cli::print(Json::array({file_part_json(*part)}));
    else
      print(*part);
    return true;
  }
  const auto* kind = plugin::find_kind(options.stage);
  if (!kind) return false;
  if (options.json)
    cli::print(Json::array({kind_json(*kind, catalogue)}));
  else
    print(*kind, catalogue.names(kind->name));
  return true;
}

}  // namespace

int describe(const DescribeOptions& options) {
  const auto catalogue = plugin::Catalogue::load(plugin::search_path(options.plugin_folders, {}));
  std::vector<const plugin::StageInfo*> meant;
  std::vector<std::string> names;
  for (const auto& stage : catalogue.stages()) {
    const auto whole = stage.kind + "." + stage.name;
    names.push_back(options.stage.find('.') == std::string::npos ? stage.name : whole);
    if (options.stage == stage.name || options.stage == whole) meant.push_back(&stage);
  }
  if (options.json && !meant.empty()) {
    Json out = Json::array();
    for (const auto* stage : meant) out.push_back(stage_json(*stage));
    print(out);
    return success;
  }
  for (const auto* stage : meant) print(*stage);
  bool found = !meant.empty();
  for (const auto& aside : catalogue.set_aside())
    if (!options.json && aside.library.stem() == options.stage) {
      show(stdout, "{} was set aside: {}\n", aside.library.string(), aside.reason);
      found = true;
    }
  if (found || describe_part(options, catalogue)) return success;
  for (const auto& part : pipeline::file_parts()) names.push_back(part.name);
  say(stderr, "there is no stage '{}'{}; 'steppe list' shows all", options.stage,
      did_you_mean(options.stage, names));
  return bad_input;
}

}  // namespace steppe::cli
