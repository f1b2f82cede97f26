#include "framework/pipeline/setting_place.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

/// A key of [values] or an axis.
const Entry* named(const Document& document, std::string_view name) {
  for (const auto* heading : {"values", "matrix"}) {
    const auto* entry = document.root.find(heading);
    const auto* table = entry ? entry->node.table() : nullptr;
    if (const auto* found = table ? table->find(name) : nullptr) return found;
  }
  return nullptr;
}

/// Where the names in a text got their values, and those that these are made of.
void add_values(const Document& document, const Node& node, std::vector<Position>& out) {
  constexpr std::size_t most = 16;  // names that stand for each other in a circle are no valid file
  const auto* text = node.text();
  if (!text) return;
  for (std::size_t at = 0; at < text->size() && out.size() < most; ++at) {
    if ((*text)[at] != '{') continue;
    if (text->compare(at, 2, "{{") == 0) {
      ++at;
      continue;
    }
    const auto end = text->find('}', at);
    if (end == std::string::npos) return;
    if (const auto* entry = named(document, text->substr(at + 1, end - at - 1))) {
      out.push_back(entry->node.position);
      add_values(document, entry->node, out);
    }
    at = end;
  }
}

void add_settings(const Table& table, const std::string& prefix, std::vector<WrittenSetting>& out) {
  for (const auto& entry : table.entries) {
    const auto path = prefix + entry.key;
    const auto* items = entry.node.array();
    const bool blocks = items && !items->empty() && items->front().table();
    if (const auto* inner = entry.node.table())
      add_settings(*inner, path + ".", out);
    else if (blocks)
      for (const auto& item : *items) out.push_back({path, to_toml(item)});
    else
      out.push_back({path, to_toml(entry.node)});
  }
}

}  // namespace

std::optional<SettingPlace> place_of_setting(const Document& document, std::string_view path,
                                             std::optional<std::size_t> item) {
  const auto* table = &document.root;
  const Entry* found = nullptr;
  while (true) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto* entry = table->find(path.substr(0, dot));
    if (!entry) break;
    found = entry;
    path.remove_prefix(std::min(dot + 1, path.size()));
    if (path.empty() || !entry->node.table()) break;
    table = entry->node.table();
  }
  const bool last_missing = path.find('.') == std::string_view::npos;
  if (!found || (!path.empty() && !(last_missing && found->node.table()))) return std::nullopt;
  if (found->node.table()) return SettingPlace{{}, found->key_position, !path.empty()};
  const auto* items = found->node.array();
  const auto& node = items && item && *item < items->size() ? (*items)[*item] : found->node;
  SettingPlace out{{}, node.position, false};
  add_values(document, node, out.values);
  return out;
}

std::string to_text(const SettingPlace& place) {
  if (place.is_default) return "default of " + to_text(place.setting);
  if (place.values.empty()) return to_text(place.setting);
  std::vector<std::string> values;
  for (const auto& position : place.values) values.push_back(to_text(position));
  return fmt::format("{}, used at {}", fmt::join(values, ", "), to_text(place.setting));
}

std::vector<WrittenSetting> written_settings(const Document& document) {
  std::vector<WrittenSetting> out;
  add_settings(document.root, "", out);
  return out;
}

}  // namespace steppe::pipeline
