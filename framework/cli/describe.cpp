// steppe describe: what a stage does, its settings with types, ranges, units and defaults.
#include "framework/cli/commands.hpp"
#include "framework/cli/stage_text.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

void print(const plugin::Parameter& p) {
  fmt::print("  {:<22} {}\n  {:<22} {}; {}{}\n", p.name, p.text, "", facts(p),
             p.required ? "" : "default ", default_text(p));
}

void print(const plugin::StageInfo& stage) {
  fmt::print("{} '{}': {}\n", stage.kind, stage.name, stage.summary);
  if (!stage.text.empty()) fmt::print("\n{}\n", stage.text);
  if (!stage.source.empty()) fmt::print("\nSource: {}\n", stage.source);
  if (!stage.parameters.empty()) {
    fmt::print("\nSettings:\n");
    for (const auto& p : stage.parameters) print(p);
  }
  if (const auto* kind = plugin::find_kind(stage.kind); kind && !kind->wiring.empty()) {
    fmt::print("\nSettings of every {}:\n", stage.kind);
    for (const auto& p : kind->wiring) print(p);
  }
  if (!stage.example.empty()) fmt::print("\nExample:\n\n{}\n", stage.example);
  fmt::print("\nFrom {} (version {})\n", stage.library.string(), stage.version);
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
      fmt::print("{} was set aside: {}\n", aside.library.string(), aside.reason);
      found = true;
    }
  if (found) return success;
  if (plugin::find_kind(options.stage))
    fmt::print(stderr, "'{0}' is a kind of stage; 'steppe list {0}' shows those there are\n",
               options.stage);
  else
    fmt::print(stderr, "there is no stage '{}'{}; 'steppe list' shows all\n", options.stage,
               did_you_mean(options.stage, names));
  return bad_input;
}

}  // namespace steppe::cli
