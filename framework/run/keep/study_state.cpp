#include "framework/run/keep/study_state.hpp"

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

/// Values such as a graph are long.
std::string in_short(const std::string& value) {
  constexpr std::size_t most = 40;
  return value.size() <= most ? value : value.substr(0, most) + "...";
}

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

/// What an object is made of.
struct Other {
  std::string kind;
  std::string made_of;
};

/// What was made before and is not of this study, of one kind, the last used last.
std::vector<NumberedFields> made_before(const std::vector<Other>& others, const char* kind,
                                        FieldNumbers& numbers) {
  std::vector<NumberedFields> out;
  for (const auto& other : others)
    if (other.kind == kind) out.push_back(numbers.of(fields_of(other.made_of)));
  return out;
}

std::vector<NodeState> states(const std::vector<store::KeyMaker>& keys, const store::Store& store,
                              const std::vector<Other>& others, const char* kind) {
  std::vector<NodeState> out(keys.size());
  FieldNumbers numbers;
  std::vector<NumberedFields> wanted, made;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto key = keys[i].key();
    out[i].done = store.has(key);
    if (!out[i].done && store.checkpoints().has(key))
      out[i].why = "it was begun, and goes on from its checkpoint";
    else
      (out[i].done ? made : wanted).push_back(numbers.of(keys[i]));
  }
  if (wanted.empty()) return out;
  for (auto& fields : made_before(others, kind, numbers)) made.push_back(std::move(fields));
  const auto like = nearest(wanted, made);
  Differences differences{numbers, made};
  std::size_t next = 0;
  for (auto& state : out) {
    if (state.done || !state.why.empty()) continue;
    const auto at = next++;
    state.why = like[at] ? differences.between(wanted[at], made[*like[at]])
                         : "nothing of its kind was made";
  }
  return out;
}

/// Objects that are not of this study, the last used last.
std::vector<Other> others_than(const StudyKeys& keys, const store::Store& store) {
  std::set<store::Key> own;
  for (const auto* list :
       {&keys.data, &keys.trainings, &keys.scores, &keys.sharpness, &keys.distributions})
    for (const auto& key : *list) own.insert(key.key());
  auto all = store.keys();
  std::erase_if(all, [&](const store::Key& key) { return own.contains(key); });
  constexpr auto half = most_others / 2;
  const auto newest = std::min(all.size(), half);
  const auto step = std::max<std::size_t>(1, (all.size() - newest) / half);
  std::vector<Other> out;
  for (std::size_t i = 0; i < all.size(); i += i < newest ? 1 : step) try {
      const auto texts = store::texts_of(store.path_of(all[i]));
      if (const auto made_of = texts.find("made_of"); made_of != texts.end())
        out.push_back({texts.at(std::string{store::kind_text}), made_of->second});
    } catch (const store::StoreError&) {  // `verify` says what is wrong
    }
  std::ranges::reverse(out);
  return out;
}

}  // namespace

StudyState state_of(const pipeline::Plan& plan, const Computing& computing, store::Store& store) {
  const auto keys = keys_of(plan, computing, store.contents());
  const auto others = others_than(keys, store);
  const auto of = [&](const std::vector<store::KeyMaker>& made, const char* kind) {
    return states(made, store, others, kind);
  };
  return {of(keys.trainings, "training"), of(keys.scores, "score"), of(keys.sharpness, "sharpness"),
          of(keys.distributions, "distribution")};
}

}  // namespace steppe::run
