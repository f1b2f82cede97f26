#include "framework/run/keep/shelf.hpp"

#include "framework/pipeline/node_names.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::run {

using store::Object;
using store::StoreError;
using Json = nlohmann::ordered_json;

Shelf::Shelf(const pipeline::Plan& plan, store::Store* store, const Computing& computing,
             Observer& observer)
    : data(plan.data.size()),
      trainings(plan.trainings.size()),
      scores(plan.scores.size()),
      sharpness(plan.sharpness.size()),
      distributions(plan.distributions.size()),
      store_{store},
      observer_{observer} {
  name_places(plan);
  if (store_) look(plan, computing);
}

void Shelf::name_places(const pipeline::Plan& plan) {
  auto names = pipeline::node_names(plan);
  const auto name = [](std::vector<Place>& places, std::vector<std::string>& given) {
    for (std::size_t i = 0; i < places.size(); ++i) places[i].name = std::move(given[i]);
  };
  name(data, names.data);
  name(trainings, names.trainings);
  name(scores, names.scores);
  name(sharpness, names.sharpness);
  name(distributions, names.distributions);
}

void Shelf::look(const pipeline::Plan& plan, const Computing& computing) {
  auto keys = keys_of(plan, computing, store_->contents());
  const auto look_for = [&](std::vector<Place>& places, std::vector<store::KeyMaker>& made) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      places[i].object = store_->find(made[i].key());
      places[i].key = std::move(made[i]);
    }
  };
  look_for(data, keys.data);
  look_for(trainings, keys.trainings);
  look_for(scores, keys.scores);
  look_for(sharpness, keys.sharpness);
  look_for(distributions, keys.distributions);
}

std::string Shelf::find_or_make(Place& place, const std::function<void(const Object&)>& take_in,
                                const std::function<std::string()>& make,
                                const std::function<store::Artifact()>& artifact) {
  constexpr auto found = "found in the store";
  if (restore(place, take_in)) return found;
  const auto lease = this->lease(place);
  if (store_ && !place.object) place.object = store_->find(place.key->key());
  if (restore(place, take_in)) return found;
  place.is_leased = lease.has_value();
  auto line = make();
  if (store_) keep(place, artifact());
  return line;
}

std::vector<bool> Shelf::needed_data(const pipeline::Plan& plan) const {
  std::vector<bool> out(plan.data.size(), false);
  const auto measures = [&](const auto& nodes, const std::vector<Place>& places) {
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (!places[i].found())
        out[nodes[i].data] = out[plan.trainings[nodes[i].training].data] = true;
  };
  for (std::size_t t = 0; t < plan.trainings.size(); ++t)
    if (!trainings[t].found()) out[plan.trainings[t].data] = true;
  for (std::size_t i = 0; i < plan.distributions.size(); ++i)
    if (!distributions[i].found())
      for (const auto set : plan.distributions[i].data) out[set] = true;
  measures(plan.scores, scores);
  measures(plan.sharpness, sharpness);
  return out;
}

std::map<std::string, std::string> Shelf::keys() const {
  std::map<std::string, std::string> out;
  for (const auto* places : {&data, &trainings, &scores, &sharpness, &distributions})
    for (const auto& place : *places)
      if (place.key) out.emplace(place.name, place.key->key().hex());
  return out;
}

bool Shelf::restore(Place& place, const std::function<void(const Object&)>& take_in) {
  if (!place.object) return false;
  try {
    take_in(*place.object);
    place.object.reset();
    ++found_;
    observer_.found(place.name);
    return true;
  } catch (const std::exception& error) {
    // Whole, and yet not what this program would write.
    observer_.note(fmt::format("{}; it is set aside and made again", error.what()));
    place.object.reset();
    store_->set_aside(place.key->key());
    return false;
  }
}

void Shelf::keep(const Place& place, store::Artifact artifact) {
  if (!store_) return;
  artifact.texts["name"] = place.name;
  artifact.texts["made_of"] = fields_text(*place.key);
  try {
    store_->put(place.key->key(), artifact);
    store_->checkpoints().drop(place.key->key());
  } catch (const StoreError& error) {
    complain(fmt::format("{}; what is made is not kept in the store", error.what()));
  }
}

std::unique_ptr<StoredCheckpoint> Shelf::checkpoint(const Place& place, double every) {
  if (!place.is_leased) return nullptr;
  return std::make_unique<StoredCheckpoint>(
      store_->checkpoints(), place.key->key(), place.name, every, observer_,
      [this](const std::string& sentence) { complain(sentence); });
}

/// None without a store, and where no lease can be made: then the work is done all the same.
std::optional<store::Lease> Shelf::lease(const Place& place) {
  if (!store_) return std::nullopt;
  try {
    if (auto taken = store_->leases().take(place.key->key())) return taken;
  } catch (const StoreError& error) {
    complain(fmt::format("{}; what is made is not kept in the store", error.what()));
    return std::nullopt;
  }
  throw Later{};
}

void Shelf::complain(const std::string& sentence) {
  std::call_once(complained_, [&] { observer_.note(sentence); });
}

std::string fields_text(const store::KeyMaker& key) {
  auto out = Json::array();
  for (const auto& field : key.fields()) out.push_back(Json::array({field.name, field.value}));
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<store::Field> fields_of(const std::string& text) {
  std::vector<store::Field> out;
  for (const auto& field : Json::parse(text))
    out.push_back({field.at(0).get<std::string>(), field.at(1).get<std::string>()});
  return out;
}

}  // namespace steppe::run
