// A document written back as TOML: what a run keeps in its record.
#include "framework/pipeline/document.hpp"
#include "framework/plugin/settings.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

std::string key_text(const std::string& key) {
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-';
  });
  return bare ? key : toml_text(key);
}

struct InlineText {
  std::string operator()(const std::string& text) const { return toml_text(text); }
  std::string operator()(std::int64_t value) const { return plugin::to_text(value); }
  std::string operator()(double value) const { return plugin::to_text(value); }
  std::string operator()(bool value) const { return plugin::to_text(value); }
  std::string operator()(const Array& array) const {
    std::string out;
    for (const auto& item : array) out += (out.empty() ? "" : ", ") + std::visit(*this, item.value);
    return '[' + out + ']';
  }
  std::string operator()(const Table& table) const {
    std::string out;
    for (const auto& entry : table.entries)
      out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", key_text(entry.key),
                         std::visit(*this, entry.node.value));
    return '{' + out + '}';
  }
};

/// An array that can be written as [[heading]] blocks.
bool is_blocks(const Node& node) {
  const auto* array = node.array();
  return array && !array->empty() &&
         std::all_of(array->begin(), array->end(), [](const Node& item) { return item.table(); });
}

void write_table(const Table& table, const std::string& prefix, std::string& out) {
  for (const auto& [key, position, node] : table.entries)
    if (!node.table() && !is_blocks(node))
      out += fmt::format("{} = {}\n", key_text(key), std::visit(InlineText{}, node.value));
  for (const auto& [key, position, node] : table.entries) {
    const auto path = prefix + key_text(key);
    if (const auto* inner = node.table()) {
      // [reader] alone says nothing when all it holds is [reader.name].
      const bool needed = inner->entries.empty() ||
                          std::any_of(inner->entries.begin(), inner->entries.end(),
                                      [](const Entry& entry) { return !entry.node.table(); });
      if (needed) out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", path);
      write_table(*inner, path + '.', out);
    } else if (is_blocks(node)) {
      for (const auto& block : *node.array()) {
        out += fmt::format("\n[[{}]]\n", path);
        write_table(*block.table(), path + '.', out);
      }
    }
  }
}

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (code < 0x20 || code == 0x7F)
      out += fmt::format("\\u{:04X}", code);
    else
      out += c;
  }
  return out + '"';
}

std::string to_toml(const Node& node) { return std::visit(InlineText{}, node.value); }

std::string to_toml(const Document& document) {
  std::string out;
  write_table(document.root, "", out);
  return out;
}

}  // namespace steppe::pipeline
