#include "framework/pipeline/outline.hpp"

#include "framework/pipeline/messages.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace steppe::pipeline {

namespace {

/// References separate transform and branch by a dot, so names have none.
bool is_stage_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '_' || c == '-';
  });
}

class OutlineMaker {
 public:
  explicit OutlineMaker(std::vector<Problem>& problems) : problems_{problems} {}

  Outline make(const Document& document) {
    for (const auto& entry : document.root.entries) add(entry);
    if (!out_.pipeline)
      say({std::make_shared<const std::string>(document.file.string())}, message::no_pipeline());
    for (const auto& heading : out_.headings)
      if (heading.kind->name == "transform" && out_.find("reader", heading.name))
        say(heading.position, message::same_data_name(heading.name));
    return out_;
  }

 private:
  void add(const Entry& entry) {
    if (const auto* kind = plugin::find_kind(entry.key)) return add_kind(*kind, entry);
    const auto found = std::find_if(places_.begin(), places_.end(),
                                    [&](const auto& place) { return place.first == entry.key; });
    if (found == places_.end())
      return say(entry.key_position, message::unknown_heading(entry.key, known()));
    if (entry.key == "distribution" && !entry.node.table())
      return say(entry.key_position, message::heading_without_name(entry.key));
    if (entry.key != "require" && !entry.node.table())
      return say(entry.key_position, message::not_a_table(entry.key));
    out_.*found->second = &entry;
    if (entry.key == "distribution") check_distributions(*entry.node.table());
  }

  void check_distributions(const Table& table) {
    for (const auto& one : table.entries)
      if (!one.node.table())
        say(one.key_position, message::heading_without_name("distribution"));
      else if (!is_stage_name(one.key))
        say(one.key_position, message::bad_heading_name(one.key));
  }

  void add_kind(const plugin::Kind& kind, const Entry& entry) {
    const auto* table = entry.node.table();
    if (!table) return say(entry.key_position, message::heading_without_name(kind.name));
    for (const auto& stage : table->entries) {
      if (stage.node.array())
        say(stage.key_position, message::not_a_table(entry.key + "." + stage.key));
      else if (!stage.node.table())
        say(stage.key_position, message::heading_without_name(kind.name));
      else if (kind.name == "layer")
        say(stage.key_position, message::layer_has_no_heading(stage.key));
      else if (!is_stage_name(stage.key))
        say(stage.key_position, message::bad_heading_name(stage.key));
      else if (kind.name == "attack" && stage.key == "none")
        say(stage.key_position, message::none_is_no_attack());
      else
        out_.headings.push_back({&kind, stage.key, stage.key_position, stage.node.table()});
    }
  }

  std::vector<std::string> known() const {
    std::vector<std::string> out{"extends"};
    for (const auto& [name, place] : places_) out.emplace_back(name);
    for (const auto& kind : plugin::kinds())
      if (kind.name != "layer") out.emplace_back(kind.name);
    return out;
  }

  void say(const Position& position, std::string sentence) {
    problems_.push_back({position, std::move(sentence)});
  }

  static constexpr std::array<std::pair<std::string_view, const Entry * Outline::*>, 6> places_{
      {{"pipeline", &Outline::pipeline},
       {"values", &Outline::values},
       {"matrix", &Outline::matrix},
       {"evaluate", &Outline::evaluate},
       {"distribution", &Outline::distribution},
       {"require", &Outline::require}}};

  std::vector<Problem>& problems_;
  Outline out_;
};

}  // namespace

const Heading* Outline::find(std::string_view kind, std::string_view name) const {
  const auto found = std::find_if(headings.begin(), headings.end(), [&](const Heading& heading) {
    return heading.kind->name == kind && heading.name == name;
  });
  return found == headings.end() ? nullptr : &*found;
}

std::string_view Outline::kind_of(std::string_view name) const {
  for (const auto& heading : headings)
    if (heading.name == name) return heading.kind->name;
  return {};
}

std::vector<std::string> Outline::names(std::string_view kind) const {
  std::vector<std::string> out;
  for (const auto& heading : headings)
    if (heading.kind->name == kind) out.push_back(heading.name);
  return out;
}

Outline make_outline(const Document& document, std::vector<Problem>& problems) {
  return OutlineMaker{problems}.make(document);
}

}  // namespace steppe::pipeline
