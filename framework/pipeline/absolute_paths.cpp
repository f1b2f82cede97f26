#include "framework/pipeline/absolute_paths.hpp"

#include "framework/pipeline/tables.hpp"
#include "framework/plugin/kinds.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace steppe::pipeline {

namespace {

namespace fs = std::filesystem;
using plugin::Parameter;

Table* table_in(Table& table, std::string_view key) {
  const auto found =
      std::ranges::find_if(table.entries, [&](const Entry& entry) { return entry.key == key; });
  return found == table.entries.end() ? nullptr : std::get_if<Table>(&found->node.value);
}

/// The folder in a text of a pipeline file, where braces stand for names.
std::string written(const fs::path& folder) {
  std::string out;
  for (const char c : folder.string())
    out += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  return out;
}

class Paths {
 public:
  explicit Paths(Document& document) : document_{document} {}

  void make_absolute(Table& table, std::span<const Parameter> parameters) {
    for (auto& entry : table.entries) {
      const auto known = std::ranges::find_if(
          parameters, [&](const Parameter& parameter) { return parameter.name == entry.key; });
      if (known == parameters.end() || known->type != plugin::Type::path) continue;
      make_absolute(entry.node);
      if (auto* items = std::get_if<Array>(&entry.node.value))
        for (auto& item : *items) make_absolute(item);
    }
  }

 private:
  void make_absolute(Node& node) {
    auto* text = std::get_if<std::string>(&node.value);
    if (!text || text->empty()) return;
    if (const auto folder = folder_of(node, 0)) *text = written(*folder) + "/" + *text;
  }

  /// Against which the path is meant; nothing when it is absolute.
  std::optional<fs::path> folder_of(const Node& node, int depth) const {
    constexpr int deepest = 100;  // names that stand for each other in a circle are no valid file
    const auto* text = node.text();
    if (!text || depth > deepest) return std::nullopt;
    if (text->starts_with('{') && !text->starts_with("{{")) {
      const auto* named = value_of(text->substr(1, text->find('}') - 1));
      return named ? folder_of(*named, depth + 1) : std::nullopt;
    }
    if (fs::path{*text}.is_absolute()) return std::nullopt;
    const auto& said = node.position;
    const auto folder = said.in_option() ? fs::path{} : fs::path{*said.file}.parent_path();
    return fs::absolute(folder / ".").lexically_normal().parent_path();
  }

  /// Of a name in [values], or the first one of an axis.
  const Node* value_of(const std::string& name) const {
    for (const auto* heading : {"values", "matrix"}) {
      const auto* entry = document_.root.find(heading);
      const auto* table = entry ? entry->node.table() : nullptr;
      const auto* named = table ? table->find(name) : nullptr;
      if (!named) continue;
      const auto* items = named->node.array();
      return items && !items->empty() ? &items->front() : &named->node;
    }
    return nullptr;
  }

  Document& document_;
};

/// What a stage may be told; nothing where no plugin is known by its name.
std::span<const Parameter> parameters_of(const plugin::Catalogue& catalogue, std::string_view kind,
                                         const Entry& heading) {
  const auto* use = heading.node.table()->find("use");
  const auto* name = use ? use->node.text() : &heading.key;
  const auto* stage = name ? catalogue.find(kind, *name) : nullptr;
  return stage ? std::span<const Parameter>{stage->parameters} : std::span<const Parameter>{};
}

}  // namespace

Document with_absolute_paths(Document document, const plugin::Catalogue& catalogue) {
  Paths paths{document};
  if (auto* table = table_in(document.root, "pipeline")) {
    const auto parameters = pipeline_parameters();
    paths.make_absolute(*table, parameters);
  }
  for (const auto& kind : plugin::kinds())
    if (auto* headings = table_in(document.root, kind.name))
      for (auto& heading : headings->entries)
        if (auto* table = std::get_if<Table>(&heading.node.value))
          paths.make_absolute(*table, parameters_of(catalogue, kind.name, heading));
  return document;
}

}  // namespace steppe::pipeline
