#include "framework/pipeline/move_rules.hpp"

#include "framework/network/network.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/resolve.hpp"

#include <steppe/pattern.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace steppe::pipeline {

namespace {

bool is_keyword(std::string_view word) { return word == "padding" || word == "flags"; }

}  // namespace

std::vector<std::string> patterns_over(const std::vector<std::string>& names) {
  std::set<std::string> out{names.begin(), names.end()};
  for (const auto& name : names) {
    const auto first = name.find('.');
    if (first == std::string::npos) continue;
    const auto last = name.rfind('.');
    out.insert(name.substr(0, first) + ".*");
    out.insert(fmt::format("*{}", name.substr(last)));
    if (last != first) out.insert(name.substr(0, first) + ".*" + name.substr(last));
  }
  return {out.begin(), out.end()};
}

MoveRules::MoveRules(const plugin::Settings& wiring) : move{wiring.texts("move")} {
  for (auto& word : wiring.texts("hold")) {
    hold_padding |= word == "padding";
    hold_flags |= word == "flags";
    if (!is_keyword(word)) hold.push_back(std::move(word));
  }
}

bool MoveRules::allows(std::string_view name, bool is_flag) const {
  return any_matches(move, name) && !any_matches(hold, name) && !(hold_flags && is_flag);
}

Movable movable_columns(const DataNode& data) {
  Movable out{"feature column", {}, {}};
  for (const auto& column : data.columns.items) {
    if (column.role != Role::feature) continue;
    out.names.push_back(column.name);
    out.flags.push_back(column.kind == ColumnKind::flag);
  }
  return out;
}

Movable movable_weights(const TrainingNode& training) {
  Movable out{"tensor of weights", {}, {}};
  const network::Network network{training.graph, training.loss};
  for (const auto& segment : network.weights()->segments()) out.names.push_back(segment.name);
  out.flags.resize(out.names.size(), false);
  return out;
}

void check_moves(const Heading& heading, const Stage& stage, const Movable& movable,
                 std::vector<Problem>& problems) {
  const auto& names = movable.names;
  if (names.empty()) return;
  const auto owner = owner_of(heading);
  bool all_cover = true;
  for (const std::string key : {"move", "hold"})
    for (const auto& [pattern, position] : references(owner, stage.wiring, key)) {
      const auto covers = [&wanted = pattern](const std::string& name) {
        return matches(wanted, name);
      };
      if ((key == "hold" && is_keyword(pattern)) || std::any_of(names.begin(), names.end(), covers))
        continue;
      all_cover = false;
      problems.push_back(
          {position, message::idle_pattern(owner.prefix + "." + key, pattern, movable.what, names,
                                           patterns_over(names))});
    }
  const MoveRules rules{stage.wiring};
  bool some = false;
  for (std::size_t i = 0; i < names.size(); ++i) some |= rules.allows(names[i], movable.flags[i]);
  if (all_cover && !some)
    problems.push_back({heading.position, message::nothing_may_move(owner.title, movable.what)});
}

}  // namespace steppe::pipeline
