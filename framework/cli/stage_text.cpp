#include "framework/cli/stage_text.hpp"

#include <cmath>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

Json to_json(const plugin::Scalar& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

/// One word, for programs.
std::string_view word_of(plugin::Type type) {
  switch (type) {
    case plugin::Type::real:
      return "real";
    case plugin::Type::integer:
      return "integer";
    case plugin::Type::boolean:
      return "boolean";
    case plugin::Type::text:
      return "text";
    case plugin::Type::choice:
      return "choice";
    case plugin::Type::path:
      return "path";
    case plugin::Type::reference:
      return "reference";
  }
  return "";
}

Json parameter_json(const plugin::Parameter& p) {
  Json out = {
      {"name", p.name},         {"type", std::string{word_of(p.type)}}, {"list", p.is_array},
      {"required", p.required}, {"default", default_json(p)},           {"text", p.text}};
  if (std::isfinite(p.minimum)) out[p.above_minimum ? "above" : "minimum"] = p.minimum;
  if (std::isfinite(p.maximum)) out["maximum"] = p.maximum;
  if (!p.unit.empty()) out["unit"] = p.unit;
  if (!p.choices.empty()) out["choices"] = p.choices;
  if (!p.reference_kind.empty()) out["refers_to"] = p.reference_kind;
  return out;
}

Json parameters_json(const std::vector<plugin::Parameter>& parameters) {
  Json out = Json::array();
  for (const auto& p : parameters) out.push_back(parameter_json(p));
  return out;
}

}  // namespace

std::string facts(const plugin::Parameter& p) {
  auto out = std::string{p.is_array ? "list: each " : ""} + std::string{plugin::describe(p.type)};
  if (const auto range = p.range(); !range.empty()) out += ", " + range;
  if (!p.unit.empty()) out += ", in " + p.unit;
  return out;
}

std::string default_text(const plugin::Parameter& p) {
  if (p.required) return "required";
  std::vector<std::string> items;
  for (const auto& item : p.fallback) items.push_back(plugin::to_text(item));
  const auto list = fmt::format("{}", fmt::join(items, ", "));
  return p.is_array ? "[" + list + "]" : list;
}

Json default_json(const plugin::Parameter& p) {
  if (p.required || (!p.is_array && p.fallback.empty())) return nullptr;
  if (!p.is_array) return to_json(p.fallback.front());
  Json out = Json::array();
  for (const auto& item : p.fallback) out.push_back(to_json(item));
  return out;
}

Json stage_json(const plugin::StageInfo& stage) {
  const auto* kind = plugin::find_kind(stage.kind);
  return {{"kind", stage.kind},
          {"name", stage.name},
          {"summary", stage.summary},
          {"text", stage.text},
          {"source", stage.source},
          {"version", stage.version},
          {"library", stage.library.string()},
          {"settings", parameters_json(stage.parameters)},
          {"wiring", kind ? parameters_json(kind->wiring) : Json::array()},
          {"example", stage.example}};
}

Json kind_json(const plugin::Kind& kind, const plugin::Catalogue& catalogue) {
  return {{"kind", "kind"},
          {"name", std::string{kind.name}},
          {"summary", std::string{kind.summary}},
          {"wiring", parameters_json(kind.wiring)},
          {"stages", catalogue.names(kind.name)}};
}

Json file_part_json(const pipeline::FilePart& part) {
  return {{"kind", "heading"},       {"name", part.name}, {"written", part.written},
          {"summary", part.summary}, {"text", part.text}, {"settings", parameters_json(part.keys)},
          {"example", part.example}};
}

}  // namespace steppe::cli
