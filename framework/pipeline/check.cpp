#include "framework/pipeline/check.hpp"

#include "framework/pipeline/messages.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

using plugin::Parameter;
using plugin::Scalar;
using plugin::Type;

bool is_text(Type type) {
  return type == Type::text || type == Type::choice || type == Type::path ||
         type == Type::reference;
}

/// The value in the type of the parameter; an integer is accepted where a real is wanted.
std::optional<Scalar> convert(const Node& node, Type type) {
  if (is_text(type)) {
    if (const auto* text = node.text()) return *text;
  } else if (type == Type::boolean) {
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
  } else if (const auto* integer = std::get_if<std::int64_t>(&node.value)) {
    if (type == Type::integer) return *integer;
    return static_cast<double>(*integer);
  } else if (const auto* real = std::get_if<double>(&node.value); real && type == Type::real) {
    return *real;
  }
  return std::nullopt;
}

bool in_range(const Parameter& parameter, const Scalar& value) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&value))
    number = *real;
  else if (const auto* integer = std::get_if<std::int64_t>(&value))
    number = static_cast<double>(*integer);
  else
    return true;
  if (std::isnan(number)) return false;
  return number <= parameter.maximum &&
         (parameter.above_minimum ? number > parameter.minimum : number >= parameter.minimum);
}

/// Absolute, against the folder of the file that says it; `--set` speaks from the current folder.
std::string resolved(const std::string& path, const Position& said) {
  const std::filesystem::path given{path};
  if (given.empty() || given.is_absolute()) return given.lexically_normal().string();
  const auto folder =
      said.in_option() ? std::filesystem::path{} : std::filesystem::path{*said.file}.parent_path();
  return std::filesystem::absolute(folder / given).lexically_normal().string();
}

}  // namespace

bool Checker::keys(const Owner& owner, const std::vector<std::string>& known) const {
  bool good = true;
  for (const auto& entry : owner.table.entries)
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      problems_.push_back(
          {entry.key_position, message::unknown_setting(owner.title, entry.key, known)});
      good = false;
    }
  return good;
}

Checked Checker::settings(const Owner& owner, std::span<const Parameter> parameters) const {
  Checked out;
  for (const auto& parameter : parameters) {
    std::optional<plugin::Setting> value;
    if (const auto* entry = owner.table.find(parameter.name))
      value = setting(owner, parameter, entry->node);
    else if (parameter.required)
      problems_.push_back({owner.position, message::missing_setting(owner.title, parameter)});
    else
      value = {parameter.name, parameter.type, parameter.is_array, parameter.fallback};
    if (value)
      out.settings.items.push_back(std::move(*value));
    else
      out.good = false;
  }
  return out;
}

std::optional<plugin::Setting> Checker::setting(const Owner& owner, const Parameter& parameter,
                                                const Node& written) const {
  const auto subject = owner.prefix + "." + parameter.name;
  plugin::Setting out{parameter.name, parameter.type, parameter.is_array, {}};
  const auto* array = written.array();
  bool good = true;
  const auto add = [&](const Node& node) {
    if (auto value = item(subject, parameter, node))
      out.items.push_back(std::move(*value));
    else
      good = false;
  };
  // One value is a list of one: `signal_efficiency = 0.85`.
  if (parameter.is_array && array)
    std::for_each(array->begin(), array->end(), add);
  else
    add(written);
  if (!good) return std::nullopt;
  return out;
}

std::optional<Scalar> Checker::item(const std::string& subject, const Parameter& parameter,
                                    const Node& written) const {
  const auto node = substitute(written, scope_, problems_);
  if (!node) return std::nullopt;
  const auto refuse = [&](std::string sentence) {
    const auto origin = first_written(written, scope_);
    if (origin.in_option() && !written.position.in_option())
      sentence += fmt::format(" (from {})", *origin.file);
    problems_.push_back({written.position, std::move(sentence)});
    return std::nullopt;
  };
  auto value = convert(*node, parameter.type);
  if (!value) return refuse(message::wrong_type(subject, parameter, *node));
  if (!in_range(parameter, *value)) return refuse(message::out_of_range(subject, parameter, *node));
  auto* text = std::get_if<std::string>(&*value);
  const auto& choices = parameter.choices;
  if (text && !choices.empty() && std::find(choices.begin(), choices.end(), *text) == choices.end())
    return refuse(message::no_choice(subject, parameter, *text));
  if (parameter.type == Type::path) *text = resolved(*text, first_written(written, scope_));
  return value;
}

std::vector<std::string> names_of(std::span<const Parameter> parameters) {
  std::vector<std::string> out;
  for (const auto& parameter : parameters) out.push_back(parameter.name);
  return out;
}

std::vector<Reference> references(const Owner& owner, const plugin::Settings& settings,
                                  std::string_view name) {
  std::vector<Reference> out;
  const auto* entry = owner.table.find(name);
  const auto* array = entry ? entry->node.array() : nullptr;
  for (const auto& text : settings.texts(name)) {
    const auto position = array   ? (*array)[out.size()].position
                          : entry ? entry->node.position
                                  : owner.position;
    out.push_back({text, position});
  }
  return out;
}

}  // namespace steppe::pipeline
