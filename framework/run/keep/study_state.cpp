#include "framework/run/keep/study_state.hpp"

#include "framework/run/keep/shelf.hpp"

#include <algorithm>
#include <limits>

namespace steppe::run {

namespace {

/// An object and what it is made of.
struct Made {
  const store::Listed* object;
  Fields fields;
};

/// The objects of one kind.
std::vector<Made> made_before(const std::vector<store::Listed>& objects, const char* kind) {
  std::vector<Made> out;
  for (const auto& object : objects) {
    const auto text = object.texts.find("made_of");
    if (object.kind != kind || text == object.texts.end()) continue;
    auto& made = out.emplace_back(Made{&object, {}});
    for (auto& field : told_apart(fields_of(text->second)))
      made.fields.emplace(field.name, field.value);
  }
  return out;
}

/// How many fields are not the same in both.
std::size_t differences(const std::vector<store::Field>& now, const Fields& before) {
  std::size_t common = 0, same = 0;
  for (const auto& [name, value] : now)
    if (const auto old = before.find(name); old != before.end()) {
      ++common;
      same += old->second == value;
    }
  return now.size() - same + (before.size() - std::min(before.size(), common));
}

std::optional<Nearest> nearest_to(const store::KeyMaker& key, const std::vector<Made>& before) {
  const auto now = told_apart(key.fields());
  const Made* nearest = nullptr;
  auto fewest = std::numeric_limits<std::size_t>::max();
  for (const auto& made : before)
    if (const auto count = differences(now, made.fields); count < fewest) {
      fewest = count;
      nearest = &made;
    }
  if (!nearest) return std::nullopt;
  const auto name = nearest->object->texts.find("name");
  return Nearest{nearest->object->key, name == nearest->object->texts.end() ? "" : name->second,
                 changes(now, nearest->fields)};
}

std::vector<NodeState> states(const std::vector<store::KeyMaker>& keys, const store::Store& store,
                              const std::vector<Made>& before) {
  std::vector<NodeState> out;
  for (const auto& key : keys) {
    auto& state = out.emplace_back();
    state.key = key.key();
    state.done = store.has(state.key);
    if (state.done) continue;
    state.nearest = nearest_to(key, before);
    state.why = !state.nearest                   ? "nothing of its kind was made"
                : state.nearest->changes.empty() ? "it was made of values of other types"
                                                 : to_text(state.nearest->changes.front());
    state.begun = store.checkpoints().has(state.key);
    if (state.begun) state.why = "it was begun, and goes on from its checkpoint";
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
  return {of(keys.data, "data"), of(keys.trainings, "training"), of(keys.scores, "score"),
          of(keys.sharpness, "sharpness"), of(keys.distributions, "distribution")};
}

}  // namespace steppe::run
