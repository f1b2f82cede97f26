#include "framework/run/keep/study_state.hpp"

#include "framework/run/keep/shelf.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace steppe::run {

namespace {

using Fields = std::map<std::string, std::string>;

/// What the objects of one kind are made of.
std::vector<Fields> made_before(const std::vector<store::Listed>& objects, const char* kind) {
  std::vector<Fields> out;
  for (const auto& object : objects) {
    const auto text = object.texts.find("made_of");
    if (object.kind != kind || text == object.texts.end()) continue;
    auto& fields = out.emplace_back();
    for (auto& field : fields_of(text->second)) fields.emplace(field.name, field.value);
  }
  return out;
}

/// The value of a field; nullptr: there is none of this name.
const std::string* value_of(const Fields& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

/// How many fields are not the same in both.
std::size_t differences(const std::vector<store::Field>& now, const Fields& before) {
  std::size_t common = 0, same = 0;
  for (const auto& [name, value] : now)
    if (const auto* old = value_of(before, name)) {
      ++common;
      same += *old == value;
    }
  return now.size() - same + (before.size() - std::min(before.size(), common));
}

/// Values such as a graph are long.
std::string in_short(const std::string& value) {
  constexpr std::size_t most = 40;
  return value.size() <= most ? value : value.substr(0, most) + "...";
}

std::string first_difference(const std::vector<store::Field>& now, const Fields& before) {
  for (const auto& [name, value] : now) {
    const auto* old = value_of(before, name);
    if (!old) return fmt::format("{} is new", name);
    if (*old != value)
      return fmt::format("{} is {} and was {}", name, in_short(value), in_short(*old));
  }
  return "something was left out";
}

std::vector<NodeState> states(const std::vector<store::KeyMaker>& keys, const store::Store& store,
                              const std::vector<Fields>& before) {
  std::vector<NodeState> out;
  for (const auto& key : keys) {
    auto& state = out.emplace_back();
    state.done = store.has(key.key());
    if (state.done) continue;
    if (store.checkpoints().has(key.key())) {
      state.why = "it was begun, and goes on from its checkpoint";
      continue;
    }
    const Fields* nearest = nullptr;
    auto fewest = std::numeric_limits<std::size_t>::max();
    for (const auto& fields : before)
      if (const auto count = differences(key.fields(), fields); count < fewest) {
        fewest = count;
        nearest = &fields;
      }
    state.why = nearest ? first_difference(key.fields(), *nearest) : "nothing of its kind was made";
  }
  return out;
}

}  // namespace

StudyState state_of(const pipeline::Plan& plan, const Computing& computing, store::Store& store) {
  const auto keys = keys_of(plan, computing, store.contents());
  const auto objects = store.list();
  const auto of = [&](const std::vector<store::KeyMaker>& made, const char* kind) {
    return states(made, store, made_before(objects, kind));
  };
  return {of(keys.trainings, "training"), of(keys.scores, "score"), of(keys.sharpness, "sharpness"),
          of(keys.distributions, "distribution")};
}

}  // namespace steppe::run
