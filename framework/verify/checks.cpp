#include "framework/verify/checks.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace steppe::verify {

namespace {

std::string key_of(const std::string& setting) { return setting.substr(0, setting.find('=')); }

}  // namespace

std::vector<std::string> Subject::sets(const std::string& heading,
                                       const std::string& without) const {
  std::vector<std::string> out;
  for (const auto& setting : settings)
    if (key_of(setting) != without) out.push_back(heading + "." + setting);
  return out;
}

std::string Subject::title(const std::string& device) const {
  return fmt::format("{} '{}'{}{}", stage.kind, stage.name, device.empty() ? "" : " on ", device);
}

void Subject::need_settings() const {
  for (const auto& parameter : stage.parameters)
    if (parameter.required && std::ranges::find(settings, parameter.name, key_of) == settings.end())
      throw LeftOut{fmt::format("'{0}' is required; give it with --set {0}=...", parameter.name)};
}

std::vector<Check> checks_of(const Subject& subject) {
  static const std::map<std::string, std::vector<Check> (*)(const Subject&)> by_kind{
      {"attack", attack_checks},       {"projector", projector_checks},
      {"layer", layer_checks},         {"metric", metric_checks},
      {"reader", reader_checks},       {"transform", transform_checks},
      {"sharpness", sharpness_checks}, {"model", training_checks},
      {"optimizer", training_checks},  {"trainer", training_checks}};
  auto out = stage_checks(subject);
  const auto found = by_kind.find(subject.stage.kind);
  if (found == by_kind.end()) return out;
  for (auto& check : found->second(subject))
    out.push_back({check.subject, check.fact, [subject, fault = std::move(check.fault)] {
                     subject.need_settings();
                     return fault();
                   }});
  return out;
}

}  // namespace steppe::verify
