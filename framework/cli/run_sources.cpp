#include "framework/cli/run_sources.hpp"

#include "framework/cli/build_id.hpp"
#include "framework/cli/git_state.hpp"
#include "framework/cli/used_stages.hpp"
#include "framework/run/keep/data_files.hpp"
#include "framework/store/error.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;

Json content_of(const fs::path& file, store::Contents& contents) {
  try {
    return contents.of(file).hex();
  } catch (const store::StoreError&) {
    return nullptr;
  }
}

Json file_json(const fs::path& file, store::Contents& contents) {
  std::error_code unreadable;
  const auto bytes = fs::file_size(file, unreadable);
  return {{"path", fs::absolute(file).lexically_normal().string()},
          {"bytes", unreadable ? Json(nullptr) : Json(bytes)},
          {"content", content_of(file, contents)}};
}

/// The pipeline file, and those it stands on.
Json pipeline_files(const pipeline::Document& document, store::Contents& contents) {
  Json out = Json::array();
  for (const auto& file : document.files) out.push_back(file_json(file, contents));
  return out;
}

Json git(const fs::path& file) {
  const auto state = git_state_of(file);
  if (!state) return nullptr;
  return {{"commit", state->commit}, {"branch", state->branch}, {"dirty", state->dirty}};
}

/// Layers have no headings: a graph calls them by their names.
std::vector<const plugin::StageInfo*> used_layers(const CheckedPipeline& checked) {
  std::set<std::string> called;
  for (const auto& training : checked.plan->trainings)
    for (const auto& node : training.graph.nodes()) called.insert(node.op);
  auto out = computing(checked.catalogue).layers;
  std::erase_if(out, [&](const auto* layer) { return !called.contains(layer->name); });
  return out;
}

/// The plugins that the plan uses and where they come from, by kind and name.
Json plugins(const CheckedPipeline& checked, store::Contents& contents) {
  std::map<std::pair<std::string, std::string>, const plugin::StageInfo*> used;
  for (const auto* stage : used_stages(*checked.plan))
    used[{stage->info->kind, stage->info->name}] = stage->info;
  for (const auto* layer : used_layers(checked)) used[{layer->kind, layer->name}] = layer;
  Json out = Json::array();
  for (const auto& [place, info] : used)
    out.push_back({{"kind", info->kind},
                   {"name", info->name},
                   {"version", info->version},
                   {"build", info->build},
                   {"library", fs::absolute(info->library).lexically_normal().string()},
                   {"content", content_of(info->library, contents)}});
  return out;
}

/// Files that settings of stages name: "reader.jets.path".
Json data_files(const pipeline::Plan& plan, store::Contents& contents) {
  Json out = Json::array();
  std::set<std::pair<std::string, fs::path>> seen;
  for (const auto* stage : used_stages(plan))
    for (const auto& setting : stage->settings.items) {
      if (setting.type != plugin::Type::path) continue;
      const auto name = fmt::format("{}.{}.{}", stage->info->kind, stage->name, setting.name);
      for (const auto& item : setting.items)
        for (const auto& file : run::data_files(std::get<std::string>(item)))
          if (seen.emplace(name, file).second) {
            auto& added = out.emplace_back(Json{{"setting", name}});
            added.update(file_json(file, contents));
          }
    }
  return out;
}

}  // namespace

Json run_sources(const PipelineOptions& options, const CheckedPipeline& checked,
                 store::Contents& contents) {
  Json out = {{"files", pipeline_files(checked.document, contents)}};
  if (auto state = git(options.file); !state.is_null()) out["git"] = std::move(state);
  out["plugins"] = plugins(checked, contents);
  out["data_files"] = data_files(*checked.plan, contents);
  return out;
}

}  // namespace steppe::cli
