#include "framework/cli/saved_pipeline.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// The table below a key; null where there is none.
const pipeline::Table* table_in(const pipeline::Table* table, std::string_view key) {
  const auto* entry = table ? table->find(key) : nullptr;
  return entry ? entry->node.table() : nullptr;
}

/// The texts of a value that is one or a list of them.
std::vector<std::string> texts_of(const pipeline::Entry* entry) {
  if (!entry) return {};
  if (const auto* text = entry->node.text()) return {*text};
  std::vector<std::string> out;
  if (const auto* array = entry->node.array())
    for (const auto& item : *array)
      if (const auto* text = item.text()) out.push_back(*text);
  return out;
}

double number(const pipeline::Table* table, std::string_view key, double fallback) {
  const auto* entry = table ? table->find(key) : nullptr;
  if (!entry) return fallback;
  if (const auto* real = std::get_if<double>(&entry->node.value)) return *real;
  const auto* integer = std::get_if<std::int64_t>(&entry->node.value);
  return integer ? static_cast<double>(*integer) : fallback;
}

}  // namespace

std::string reader_of(const std::string& data) { return data.substr(data.rfind('.') + 1); }

pipeline::Document only_data(pipeline::Document document) {
  static constexpr std::array<std::string_view, 5> kept{"pipeline", "values", "matrix", "reader",
                                                        "transform"};
  std::erase_if(document.root.entries, [](const pipeline::Entry& entry) {
    return std::ranges::find(kept, entry.key) == kept.end();
  });
  return document;
}

std::vector<std::string> data_names(const pipeline::Document& document) {
  std::vector<std::string> out;
  if (const auto* readers = table_in(&document.root, "reader"))
    for (const auto& reader : readers->entries) out.push_back(reader.key);
  if (const auto* transforms = table_in(&document.root, "transform"))
    for (const auto& transform : transforms->entries) {
      const auto* table = transform.node.table();
      const auto inputs = texts_of(table ? table->find("input") : nullptr);
      if (inputs.size() == 1) out.push_back(transform.key);
      for (const auto& input : inputs) out.push_back(transform.key + "." + reader_of(input));
    }
  return out;
}

void require_files(const pipeline::Document& document, const std::string& reader,
                   const plugin::Catalogue& catalogue) {
  const auto* table = table_in(table_in(&document.root, "reader"), reader);
  const auto use = texts_of(table ? table->find("use") : nullptr);
  const auto name = use.empty() ? reader : use.front();
  const auto* stage = catalogue.find("reader", name);
  if (!stage || stage->find_parameter("path")) return;
  throw data::DataError{fmt::format("reader '{}' reads no files; give --data one of: {}", name,
                                    fmt::join(data_names(document), ", "))};
}

data::SplitFractions splits_of(const pipeline::Document& document) {
  const auto* table = table_in(table_in(&document.root, "pipeline"), "splits");
  const data::SplitFractions usual;
  return {number(table, "train", usual.train), number(table, "validation", usual.validation),
          number(table, "test", usual.test)};
}

void name_source(std::vector<pipeline::Problem>& problems, const std::filesystem::path& place,
                 const std::filesystem::path& weights) {
  const auto source = std::make_shared<const std::string>(
      fmt::format("pipeline in '{}'", weights.filename().string()));
  for (auto& problem : problems)
    if (problem.position.file && *problem.position.file == place.string())
      problem.position.file = source;
}

}  // namespace steppe::cli
