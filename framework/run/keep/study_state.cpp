#include "framework/run/keep/study_state.hpp"

#include "framework/pipeline/node_names.hpp"
#include "framework/run/keep/nearest.hpp"
#include "framework/run/keep/shelf.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// Of what other studies made, and this one with other settings, as much is looked at: half of it
/// what was used last, half of it from everything else, so that each kind is among it.
constexpr std::size_t most_others = 400;

/// "attack.fgsm.epsilon is 0.2 and was 0.1". Of several differences the one in what varied least
/// before: a setting that all of it had in common says more than the number of a trial.
class Differences {
 public:
  Differences(const FieldNumbers& numbers, const std::vector<NumberedFields>& made)
      : numbers_{numbers}, made_{made} {}

  std::string between(const NumberedFields& now, const NumberedFields& before) {
    const NumberedField *chosen = nullptr, *was = nullptr;
    for (const auto& field : now) {
      const auto old = std::ranges::find(before, field.name, &NumberedField::name);
      if (old != before.end() && old->value == field.value) continue;
      if (chosen && variety(field.name) >= variety(chosen->name)) continue;
      chosen = &field;
      was = old == before.end() ? nullptr : &*old;
    }
    if (!chosen) return "something was left out";
    const auto& name = numbers_.text(chosen->name);
    if (!was) return fmt::format("{} is new", name);
    return fmt::format("{} is {} and was {}", name, in_short(numbers_.text(chosen->value)),
                       in_short(numbers_.text(was->value)));
  }

 private:
  /// How many values a field had before.
  std::size_t variety(std::uint32_t name) {
    const auto [place, is_new] = variety_.try_emplace(name, 0);
    if (is_new) {
      std::set<std::uint32_t> values;
      for (const auto& fields : made_)
        if (const auto field = std::ranges::find(fields, name, &NumberedField::name);
            field != fields.end())
          values.insert(field->value);
      place->second = values.size();
    }
    return place->second;
  }

  const FieldNumbers& numbers_;
  const std::vector<NumberedFields>& made_;
  std::map<std::uint32_t, std::size_t> variety_;
};

/// Something that was made before.
struct Made {
  store::Key key;
  std::string kind, name;
  std::vector<store::Field> fields;
};

/// The nodes of one kind.
struct Nodes {
  const char* kind;
  const std::vector<store::KeyMaker>& keys;
  const std::vector<std::string>& names;
};

Nearest nearest_of(const store::KeyMaker& key, const Made& made) {
  Fields before;
  for (auto& field : told_apart(made.fields)) before.emplace(field.name, field.value);
  return {made.key, made.name, changes(told_apart(key.fields()), before)};
}

/// What there is to compare with.
struct Known {
  std::vector<std::size_t> own;      ///< nodes of the study that are done
  std::vector<const Made*> others;   ///< behind them, the last used last
  std::vector<NumberedFields> made;  ///< of both
};

Known known(const Nodes& nodes, const std::vector<NodeState>& states,
            const std::vector<Made>& others, FieldNumbers& numbers) {
  Known out;
  for (std::size_t i = 0; i < states.size(); ++i)
    if (states[i].done) {
      out.own.push_back(i);
      out.made.push_back(numbers.of(nodes.keys[i]));
    }
  for (const auto& other : others)
    if (other.kind == nodes.kind) {
      out.others.push_back(&other);
      out.made.push_back(numbers.of(other.fields));
    }
  return out;
}

std::vector<NodeState> states(const Nodes& nodes, const store::Store& store,
                              const std::vector<Made>& others, Depth depth) {
  std::vector<NodeState> out(nodes.keys.size());
  FieldNumbers numbers;
  std::vector<NumberedFields> wanted;
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto& state = out[i];
    state.key = nodes.keys[i].key();
    state.done = store.has(state.key);
    state.begun = !state.done && store.checkpoints().has(state.key);
    if (!state.done) wanted.push_back(numbers.of(nodes.keys[i]));
  }
  if (wanted.empty()) return out;
  const auto before = known(nodes, out, others, numbers);
  const auto like = nearest(wanted, before.made);
  Differences differences{numbers, before.made};
  std::size_t next = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto& state = out[i];
    if (state.done) continue;
    const auto at = next++;
    const auto found = like[at];
    state.why = state.begun ? "it was begun, and goes on from its checkpoint"
                : found     ? differences.between(wanted[at], before.made[*found])
                            : "nothing of its kind was made";
    if (!found || depth == Depth::reasons) continue;
    if (*found >= before.own.size()) {
      state.nearest = nearest_of(nodes.keys[i], *before.others[*found - before.own.size()]);
      continue;
    }
    const auto own = before.own[*found];
    state.nearest = nearest_of(
        nodes.keys[i], {out[own].key, nodes.kind, nodes.names[own], nodes.keys[own].fields()});
  }
  return out;
}

std::string text_of(const std::map<std::string, std::string>& texts, const std::string& name) {
  const auto found = texts.find(name);
  return found == texts.end() ? "" : found->second;
}

/// Objects that are not of this study, the last used last.
std::vector<Made> others_than(const StudyKeys& keys, const store::Store& store) {
  std::set<store::Key> own;
  for (const auto* list :
       {&keys.data, &keys.trainings, &keys.scores, &keys.sharpness, &keys.distributions})
    for (const auto& key : *list) own.insert(key.key());
  auto all = store.keys();
  std::erase_if(all, [&](const store::Key& key) { return own.contains(key); });
  constexpr auto half = most_others / 2;
  const auto newest = std::min(all.size(), half);
  const auto step = std::max<std::size_t>(1, (all.size() - newest) / half);
  std::vector<Made> out;
  for (std::size_t i = 0; i < all.size(); i += i < newest ? 1 : step) try {
      const auto texts = store::texts_of(store.path_of(all[i]));
      if (const auto made_of = texts.find("made_of"); made_of != texts.end())
        out.push_back({all[i], texts.at(std::string{store::kind_text}), text_of(texts, "name"),
                       fields_of(made_of->second)});
    } catch (const store::StoreError&) {  // `verify` says what is wrong
    }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

StudyState state_of(const pipeline::Plan& plan, const Computing& computing, store::Store& store,
                    Depth depth) {
  const auto keys = keys_of(plan, computing, store.contents());
  const auto names = pipeline::node_names(plan);
  const auto others = others_than(keys, store);
  const auto of = [&](const Nodes& nodes) { return states(nodes, store, others, depth); };
  return {of({"data", keys.data, names.data}), of({"training", keys.trainings, names.trainings}),
          of({"score", keys.scores, names.scores}),
          of({"sharpness", keys.sharpness, names.sharpness}),
          of({"distribution", keys.distributions, names.distributions})};
}

}  // namespace steppe::run
