#include "framework/verify/stage_checks.hpp"

#include "framework/plugin/instance.hpp"
#include "framework/verify/checks.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

bool in_range(const plugin::Parameter& p, double value) {
  return value <= p.maximum && (p.above_minimum ? value > p.minimum : value >= p.minimum);
}

bool fits(const plugin::Parameter& p, const plugin::Scalar& item) {
  if (const auto* real = std::get_if<double>(&item)) return in_range(p, *real);
  if (const auto* integer = std::get_if<std::int64_t>(&item))
    return in_range(p, static_cast<double>(*integer));
  const auto* text = std::get_if<std::string>(&item);
  return !text || p.choices.empty() || std::ranges::find(p.choices, *text) != p.choices.end();
}

}  // namespace

std::string fault_of_texts(const plugin::StageInfo& stage) {
  if (stage.summary.empty()) return "it has no summary; give one line";
  if (stage.version.empty()) return "it has no version; start with \"1\"";
  for (const auto& p : stage.parameters)
    if (p.text.empty()) return fmt::format("setting '{}' has no text; say what it does", p.name);
  return "";
}

std::string fault_of_defaults(const plugin::StageInfo& stage) {
  for (const auto& p : stage.parameters) {
    if (p.required) continue;
    if (!p.is_array && p.fallback.size() != 1)
      return fmt::format("setting '{}' has no default and is not required", p.name);
    for (const auto& item : p.fallback)
      if (!fits(p, item))
        return fmt::format("setting '{}' has the default {}, which its own schema refuses: {}",
                           p.name, plugin::to_text(item), p.range());
  }
  return "";
}

void make_from_defaults(const plugin::StageInfo& stage) {
  const plugin::Instance made{stage, plugin::default_settings(stage), "it"};
}

std::vector<Check> stage_checks(const Subject& subject) {
  const auto* stage = &subject.stage;
  const auto title = subject.title();
  return {
      {title, "says what it does and what each setting means",
       [stage] { return fault_of_texts(*stage); }},
      {title, "has defaults within their ranges", [stage] { return fault_of_defaults(*stage); }},
      {title, "is made from its defaults", [stage] {
         for (const auto& p : stage->parameters)
           if (p.required) throw LeftOut{fmt::format("'{}' has none", p.name)};
         make_from_defaults(*stage);
         return std::string{};
       }}};
}

}  // namespace steppe::verify
