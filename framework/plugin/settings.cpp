#include "framework/plugin/settings.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include <fmt/format.h>

namespace steppe::plugin {

namespace {

std::string number(double value) {
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  return fmt::format("{}", value);
}

}  // namespace

std::string to_text(const Scalar& value) {
  struct Visitor {
    std::string operator()(double real) const {
      const auto text = number(real);
      return text.find_first_of(".eni") == std::string::npos ? text + ".0" : text;
    }
    std::string operator()(std::int64_t integer) const { return fmt::format("{}", integer); }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(const std::string& text) const { return "'" + text + "'"; }
  };
  return std::visit(Visitor{}, value);
}

std::string to_text(const Settings& settings) {
  std::string out;
  for (const auto& setting : settings.items) {
    std::string items;
    for (const auto& item : setting.items) items += (items.empty() ? "" : ", ") + to_text(item);
    if (setting.is_array) items = fmt::format("[{}]", items);
    out += fmt::format("{}{} = {}", out.empty() ? "" : ", ", setting.name, items);
  }
  return out;
}

std::string_view describe(Type type) {
  switch (type) {
    case Type::real:
      return "a real number";
    case Type::integer:
      return "an integer";
    case Type::boolean:
      return "true or false";
    case Type::text:
      return "a text";
    case Type::choice:
      return "a choice";
    case Type::path:
      return "a path";
    case Type::reference:
      return "the name of a stage";
  }
  return "";
}

std::string Parameter::range() const {
  if (!choices.empty()) return fmt::format("one of '{}'", fmt::join(choices, "', '"));
  if (std::isinf(minimum) && std::isinf(maximum)) return "";
  return fmt::format("{}{}, {}{}", std::isinf(minimum) || above_minimum ? '(' : '[',
                     number(minimum), number(maximum), std::isinf(maximum) ? ')' : ']');
}

const Setting* Settings::find(std::string_view name) const {
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const Setting& setting) { return setting.name == name; });
  return found == items.end() ? nullptr : &*found;
}

const std::string& Settings::text(std::string_view name) const {
  const auto* setting = find(name);
  assert(setting && setting->items.size() == 1);
  return std::get<std::string>(setting->items.front());
}

double Settings::real(std::string_view name) const {
  const auto* setting = find(name);
  assert(setting && setting->items.size() == 1);
  return std::get<double>(setting->items.front());
}

std::vector<std::string> Settings::texts(std::string_view name) const {
  std::vector<std::string> out;
  if (const auto* setting = find(name))
    for (const auto& item : setting->items) out.push_back(std::get<std::string>(item));
  return out;
}

}  // namespace steppe::plugin
