// Stages: headings checked against their plugin's schema, and names that lead to them.
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/resolve.hpp"
#include "framework/pipeline/tables.hpp"
#include "framework/plugin/handles.hpp"

#include <utility>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

using plugin::Parameter;
using plugin::Type;

/// Unambiguous: a quote inside a text is doubled.
std::string key_text(const plugin::Scalar& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return plugin::to_text(value);
  std::string out = "'";
  for (const char c : *text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

std::string key_text(const plugin::Setting& setting) {
  std::string items;
  for (const auto& item : setting.items) items += (items.empty() ? "" : ", ") + key_text(item);
  return setting.name + " = " + (setting.is_array ? "[" + items + "]" : items);
}

/// The heading's name is part of it, because it numbers the stage's random streams. References
/// are not: what they lead to is in the key of the node that has them.
std::string stage_key(const Stage& stage) {
  std::string settings;
  const auto add = [&](const plugin::Setting& setting) {
    settings += (settings.empty() ? "" : ", ") + key_text(setting);
  };
  for (const auto& setting : stage.settings.items) add(setting);
  for (const auto& setting : stage.wiring.items)
    if (setting.type != Type::reference) add(setting);
  return fmt::format("{} {}: {} version {} {{{}}}", stage.info->kind, stage.name, stage.info->name,
                     stage.info->version, settings);
}

std::vector<std::string> known_settings(const plugin::StageInfo& info, const plugin::Kind& kind) {
  const auto host = stage_parameters();
  auto out = names_of(info.parameters);
  for (const auto* list : {&kind.wiring, &host})
    for (auto& name : names_of(*list)) out.push_back(std::move(name));
  return out;
}

const Parameter* first_required(const plugin::StageInfo& info, const plugin::Kind& kind) {
  for (const auto* list : {&info.parameters, &kind.wiring})
    for (const auto& parameter : *list)
      if (parameter.required) return &parameter;
  return nullptr;
}

}  // namespace

std::string attack_key(const Stage& attack) {
  auto out = attack.key;
  for (const auto& projector : attack.projectors) out += " -> " + projector.key;
  return out;
}

Owner owner_of(const Heading& heading) {
  return {fmt::format("{} '{}'", heading.kind->name, heading.name), heading.name, heading.position,
          *heading.table};
}

Resolver::Resolver(const Outline& outline, const plugin::Catalogue& catalogue, const Scope& scope,
                   std::vector<Problem>& problems)
    : outline_{outline}, catalogue_{catalogue}, checker_{scope, problems}, problems_{problems} {
  for (const auto& heading : outline.headings) stages_.push_back(check(heading));
}

CheckedStage Resolver::check(const Heading& heading) {
  const auto owner = owner_of(heading);
  CheckedStage out;
  out.stage.name = heading.name;
  out.stage.position = heading.position;
  auto wiring = checker_.settings(owner, heading.kind->wiring);
  out.stage.wiring = std::move(wiring.settings);
  out.good = false;

  const auto host = checker_.settings(owner, stage_parameters());
  if (!host.good) return out;
  const auto* use = heading.table->find("use");
  const auto plugin_name = use ? host.settings.text("use") : heading.name;
  const auto said = use ? use->node.position : heading.position;
  out.stage.info = catalogue_.find(heading.kind->name, plugin_name);
  if (!out.stage.info) {
    problems_.push_back({said, message::unknown_stage(heading.kind->name, plugin_name, catalogue_),
                         Severity::error, true});
    return out;
  }
  const bool keys = checker_.keys(owner, known_settings(*out.stage.info, *heading.kind));
  auto settings = checker_.settings(owner, out.stage.info->parameters);
  out.stage.settings = std::move(settings.settings);
  out.good = keys && wiring.good && settings.good;
  if (heading.kind->name == "attack" && out.good) out.good = check_space(owner, out.stage);
  out.stage.key = stage_key(out.stage);
  return out;
}

/// Projectors and units are about columns, which weights have not.
bool Resolver::check_space(const Owner& owner, const Stage& attack) {
  if (plugin::attacked_space(attack.wiring.text("space"), *attack.info) == STEPPE_INPUTS)
    return true;
  const bool projected = !attack.wiring.find("project")->items.empty();
  const bool scaled = attack.wiring.text("unit") != "column";
  if (projected)
    say(owner.table.find("project")->node.position,
        message::only_for_events(owner.title, "project"));
  if (scaled)
    say(owner.table.find("unit")->node.position, message::only_for_events(owner.title, "unit"));
  return !projected && !scaled;
}

std::optional<Stage> Resolver::stage(std::string_view kind, const Reference& reference) {
  if (const auto* heading = outline_.find(kind, reference.name)) {
    const auto& [checked, good] = at(*heading);
    if (!good) return std::nullopt;
    std::optional<Stage> out{checked};
    for (const auto& named : references(owner_of(*heading), checked.wiring, "project")) {
      auto projector = stage("projector", named);
      if (!projector) return std::nullopt;
      out->projectors.push_back(std::move(*projector));
    }
    return out;
  }
  const auto* info = catalogue_.find(kind, reference.name);
  if (!info) {
    auto known = outline_.names(kind);
    for (auto& name : catalogue_.names(kind))
      if (!outline_.find(kind, name)) known.push_back(std::move(name));
    problems_.push_back(
        {reference.position,
         message::unknown_reference(kind, reference.name, known, outline_.kind_of(reference.name)),
         Severity::error, true});
    return std::nullopt;
  }
  const auto& row = *plugin::find_kind(kind);
  if (const auto* required = first_required(*info, row)) {
    say(reference.position, message::needs_heading(kind, reference.name, *required));
    return std::nullopt;
  }
  const Table nothing;
  const Owner owner{"", "", reference.position, nothing};
  Stage out{info,
            reference.name,
            checker_.settings(owner, info->parameters).settings,
            checker_.settings(owner, row.wiring).settings,
            reference.position,
            "",
            {}};
  out.key = stage_key(out);
  return out;
}

void Resolver::check_references() {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const auto& heading = outline_.headings[i];
    const auto& stage = stages_[i].stage;
    if (heading.kind->name == "transform") branches(heading);
    for (const auto& named : references(owner_of(heading), stage.wiring, "project"))
      this->stage("projector", named);
    if (!stage.info) continue;
    for (const auto& parameter : stage.info->parameters) {
      if (parameter.type != Type::reference) continue;
      for (const auto& reference : references(owner_of(heading), stage.settings, parameter.name))
        if (parameter.reference_kind == "dataset")
          data(reference);
        else
          this->stage(parameter.reference_kind, reference);
    }
  }
}

const CheckedStage& Resolver::at(const Heading& heading) const {
  return stages_[static_cast<std::size_t>(&heading - outline_.headings.data())];
}

void Resolver::say(const Position& position, std::string sentence) {
  problems_.push_back({position, std::move(sentence)});
}

}  // namespace steppe::pipeline
