#include "framework/run/keep/changes.hpp"

#include <set>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// The value of a field; nullptr: there is none of this name.
const std::string* value_of(const Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

/// The outermost stage that a field of `here` belongs to and that `there` does not have; "" when
/// there is none. Every stage has a field "plugin".
std::string stage_alone(const std::string& name, const Fields& here, const Fields& there) {
  for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    const auto plugin = name.substr(0, dot) + ".plugin";
    if (here.contains(plugin) && !there.contains(plugin)) return name.substr(0, dot);
  }
  return "";
}

/// A field of `here` that `there` does not have, or the whole stage, if that was not said yet.
std::optional<FieldChange> alone(const std::string& name, const Fields& here, const Fields& there,
                                 std::set<std::string>& said) {
  const auto stage = stage_alone(name, here, there);
  if (stage.empty()) return FieldChange{name, here.at(name), std::nullopt};
  if (!said.insert(stage).second) return std::nullopt;
  return FieldChange{stage, here.at(stage + ".plugin"), std::nullopt};
}

}  // namespace

std::vector<store::Field> told_apart(std::vector<store::Field> fields) {
  std::map<std::string, std::size_t> seen;
  for (auto& field : fields)
    if (const auto times = seen[field.name]++; times > 0) field.name += fmt::format(".{}", times);
  return fields;
}

std::vector<FieldChange> changes(const std::vector<store::Field>& now, const Fields& before) {
  Fields here;
  for (const auto& [name, value] : now) here.emplace(name, value);
  std::vector<FieldChange> out;
  std::set<std::string> said;
  for (const auto& [name, value] : now) {
    if (const auto* old = value_of(before, name)) {
      if (*old != value) out.push_back({name, value, *old});
    } else if (auto added = alone(name, here, before, said)) {
      out.push_back(std::move(*added));
    }
  }
  said.clear();
  for (const auto& [name, value] : before) {
    if (here.contains(name)) continue;
    if (auto gone = alone(name, before, here, said)) {
      gone->was.swap(gone->now);
      out.push_back(std::move(*gone));
    }
  }
  return out;
}

std::string in_short(const std::string& value) {
  constexpr std::size_t most = 40;
  return value.size() <= most ? value : value.substr(0, most) + "...";
}

std::string to_text(const FieldChange& change) {
  if (!change.now) return fmt::format("{} was left out", change.field);
  if (!change.was) return fmt::format("{} is new", change.field);
  return fmt::format("{} is {} and was {}", change.field, in_short(*change.now),
                     in_short(*change.was));
}

}  // namespace steppe::run
