#include "framework/cli/file_schema.hpp"

#include "framework/cli/stage_text.hpp"
#include "framework/pipeline/tables.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using plugin::Parameter;
using plugin::Type;
using Parameters = std::vector<Parameter>;

Json reference(const std::string& definition) { return {{"$ref", "#/$defs/" + definition}}; }

Json either(Json first, Json second) {
  return {{"anyOf", Json::array({std::move(first), std::move(second)})}};
}

/// A key that must not be there, and why.
Json refused(const char* reason) { return {{"not", Json::object()}, {"description", reason}}; }

Json number(const Parameter& p) {
  Json out = {{"type", p.type == Type::integer ? "integer" : "number"}};
  if (std::isfinite(p.minimum)) out[p.above_minimum ? "exclusiveMinimum" : "minimum"] = p.minimum;
  if (std::isfinite(p.maximum)) out["maximum"] = p.maximum;
  return out;
}

/// One value, without the words around it.
Json item_schema(const Parameter& p) {
  switch (p.type) {
    case Type::real:
    case Type::integer:
      return either(number(p), reference("substituted"));
    case Type::boolean:
      return either({{"type", "boolean"}}, reference("substituted"));
    case Type::text:
    case Type::choice:
    case Type::path:
    case Type::reference:
      break;
  }
  if (p.choices.empty()) return {{"type", "string"}};
  return either({{"enum", p.choices}}, reference("with_braces"));
}

bool is_json(const Json& value) {
  return !value.is_null() && !(value.is_number_float() && !std::isfinite(value.get<double>()));
}

Json properties_of(const Parameters& parameters) {
  Json out = Json::object();
  for (const auto& p : parameters) out[p.name] = setting_schema(p);
  return out;
}

std::vector<std::string> required_of(const Parameters& parameters) {
  std::vector<std::string> out;
  for (const auto& p : parameters)
    if (p.required) out.push_back(p.name);
  return out;
}

Json closed_table(const Parameters& parameters) {
  return {{"type", "object"},
          {"properties", properties_of(parameters)},
          {"additionalProperties", false}};
}

Json use_schema(const plugin::Catalogue& catalogue, const plugin::Kind& kind) {
  auto out = either({{"enum", catalogue.names(kind.name)}}, reference("with_braces"));
  out["description"] = pipeline::stage_parameters().front().text;
  return out;
}

/// Holds of everything, so it refuses nothing: the schemas are there for editors that look for
/// texts and completions in "anyOf" and not in "then".
Json hint(const std::vector<std::string>& definitions) {
  Json out = Json::array({true});
  for (const auto& definition : definitions) out.push_back(reference(definition));
  return out;
}

/// Which schema holds for a heading: that of its `use`, or else that of its own name. Names that
/// are no stage's get `unknown`.
class ByUse {
 public:
  ByUse(const plugin::Catalogue& catalogue, const plugin::Kind& kind, std::string prefix)
      : names_{catalogue.names(kind.name)}, prefix_{std::move(prefix)} {}

  /// With `use`.
  Json written() const {
    Json cases = Json::array();
    std::vector<std::string> definitions;
    for (const auto& name : names_)
      cases.push_back(
          {{"if", {{"properties", {{"use", {{"const", name}}}}}, {"required", {"use"}}}},
           {"then", reference(prefix_ + name)}});
    for (const auto& name : names_) definitions.push_back(prefix_ + name);
    Json out = {{"type", "object"}, {"anyOf", hint(definitions)}};
    if (!cases.empty()) out["allOf"] = std::move(cases);
    return out;
  }

  Json headings(const std::string& written_name, const Json& unknown) const {
    Json named = Json::object();
    for (const auto& name : names_)
      named[name] = {{"if", {{"required", {"use"}}}},
                     {"then", reference(written_name)},
                     {"else", reference(prefix_ + name)},
                     {"anyOf", hint({prefix_ + name})}};
    return {
        {"type", "object"}, {"properties", std::move(named)}, {"additionalProperties", unknown}};
  }

 private:
  std::vector<std::string> names_;
  std::string prefix_;
};

class FileSchema {
 public:
  explicit FileSchema(const plugin::Catalogue& catalogue) : catalogue_{catalogue} {}

  Json make() {
    Json properties = host_tables();
    Json complete = Json::object();
    for (const auto& kind : plugin::kinds())
      if (kind.name != "layer") {
        properties[std::string{kind.name}] = add_kind(kind);
        complete[std::string{kind.name}] = complete_kind(kind);
      }
    complete["distribution"] = {
        {"additionalProperties", {{"required", required_of(pipeline::distribution_parameters())}}}};
    complete["evaluate"] = {{"required", required_of(pipeline::evaluate_parameters())}};
    define_texts();
    return {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
            {"title", "a pipeline of Steppe"},
            {"type", "object"},
            {"properties", std::move(properties)},
            {"additionalProperties", false},
            {"if",
             {{"properties", {{"pipeline", {{"required", {"name"}}}}}},
              {"required", {"pipeline"}},
              {"not", {{"required", {"extends"}}}}}},
            {"then", {{"properties", std::move(complete)}}},
            {"$defs", std::move(definitions_)}};
  }

 private:
  void define_texts() {
    definitions_["substituted"] = {
        {"type", "string"},
        {"pattern", R"(^\{[^{}]+\}$)"},
        {"description", "{name} of [values] or [matrix]: becomes the value with its type"}};
    definitions_["with_braces"] = {{"type", "string"},
                                   {"pattern", R"(\{[^{}]+\})"},
                                   {"description", "a text with {name} of [values] or [matrix]"}};
    definitions_["scalar"] = {{"type", {"string", "number", "boolean"}}};
  }

  Json host_tables() const {
    const Json text = {{"type", "string"}};
    auto extends = either(text, {{"type", "array"}, {"items", text}});
    extends["description"] = pipeline::file_part("extends").summary;
    auto pipeline = closed_table(pipeline::pipeline_parameters());
    pipeline["description"] = pipeline::file_part("pipeline").summary;
    auto& splits = pipeline["properties"]["splits"] = closed_table(pipeline::split_parameters());
    splits["description"] = pipeline::file_part("pipeline.splits").summary;
    auto evaluate = closed_table(pipeline::evaluate_parameters());
    evaluate["description"] = pipeline::file_part("evaluate").summary;
    Json distributions = {
        {"type", "object"},
        {"additionalProperties", closed_table(pipeline::distribution_parameters())},
        {"propertyNames", {{"pattern", "^[A-Za-z0-9_-]+$"}}},
        {"description", pipeline::file_part("distribution").summary}};
    auto gate = closed_table(pipeline::require_parameters());
    gate["required"] = required_of(pipeline::require_parameters());
    return {{"extends", std::move(extends)},
            {"pipeline", std::move(pipeline)},
            {"values",
             {{"type", "object"},
              {"additionalProperties", reference("scalar")},
              {"description", pipeline::file_part("values").summary}}},
            {"matrix", matrix()},
            {"distribution", std::move(distributions)},
            {"evaluate", std::move(evaluate)},
            {"require",
             {{"type", "array"},
              {"items", std::move(gate)},
              {"description", pipeline::file_part("require").summary}}}};
  }

  Json matrix() const {
    Json values = {{"type", "array"}, {"items", reference("scalar")}, {"minItems", 1}};
    Json count = either({{"type", "integer"}, {"minimum", 1}}, reference("substituted"));
    return {{"type", "object"},
            {"properties", {{"test", refused("the axis 'test' is made by [evaluate] on")}}},
            {"additionalProperties", either(std::move(values), std::move(count))},
            {"description", pipeline::file_part("matrix").summary}};
  }

  /// Which settings a heading of the kind may have.
  Json add_kind(const plugin::Kind& kind) {
    const std::string name{kind.name};
    for (const auto& stage : catalogue_.names(name)) {
      const auto& info = *catalogue_.find(name, stage);
      auto parameters = info.parameters;
      parameters.insert(parameters.end(), kind.wiring.begin(), kind.wiring.end());
      auto& table = definitions_[name + "." + stage] = closed_table(parameters);
      table["description"] = info.summary;
      table["properties"]["use"] = use_schema(catalogue_, kind);
    }
    const ByUse by_use{catalogue_, kind, name + "."};
    auto& any = definitions_[name] = by_use.written();
    any["properties"] = properties_of(kind.wiring);
    any["properties"]["use"] = use_schema(catalogue_, kind);
    auto out = by_use.headings(name, reference(name));
    out["description"] = kind.summary;
    out["propertyNames"] = {{"pattern", "^[A-Za-z0-9_-]+$"}};
    if (name == "attack") out["properties"]["none"] = refused("'none' is no attack");
    return out;
  }

  /// What a heading of a complete file must have.
  Json complete_kind(const plugin::Kind& kind) {
    const std::string name{kind.name}, prefix = "complete." + name;
    for (const auto& stage : catalogue_.names(name)) {
      auto required = required_of(catalogue_.find(name, stage)->parameters);
      const auto wiring = required_of(kind.wiring);
      required.insert(required.end(), wiring.begin(), wiring.end());
      definitions_[prefix + "." + stage] = {{"required", required}};
    }
    const ByUse by_use{catalogue_, kind, prefix + "."};
    definitions_[prefix] = by_use.written();
    return by_use.headings(prefix,
                           {{"required", {"use"}}, {"allOf", Json::array({reference(prefix)})}});
  }

  const plugin::Catalogue& catalogue_;
  Json definitions_ = Json::object();
};

}  // namespace

Json setting_schema(const Parameter& p) {
  auto out = item_schema(p);
  if (p.is_array) {
    Json list = {{"type", "array"}, {"items", out}};
    out = either(std::move(list), std::move(out));
  }
  out["description"] =
      p.text + (p.unit.empty() ? "" : ", in " + p.unit) + (p.required ? " (required)" : "");
  if (const auto value = default_json(p); !p.required && is_json(value)) out["default"] = value;
  return out;
}

Json file_schema(const plugin::Catalogue& catalogue) { return FileSchema{catalogue}.make(); }

}  // namespace steppe::cli
