#include "framework/run/keep/stored_checkpoint.hpp"

#include "framework/run/keep/json_texts.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace steppe::run {

namespace {

template <class Number>
store::Column column(std::string name, const std::vector<Number>& values) {
  return {std::move(name), {values.size()}, values};
}

void add_point(const std::string& name, const StoredPoint& point, store::Artifact& to) {
  to.columns.push_back(column(name + ".weights", point.weights));
  to.columns.push_back(column(name + ".buffers", point.buffers));
}

template <class Number>
std::vector<Number> all_of(std::span<const Number> values) {
  return {values.begin(), values.end()};
}

StoredPoint point_of(const store::Object& object, const std::string& name) {
  return {all_of(object.floats(name + ".weights")), all_of(object.floats(name + ".buffers"))};
}

/// Epoch by epoch; what was not logged is NaN, which JSON would not give back.
std::vector<double> flat(const pipeline::History& history) {
  std::vector<double> out;
  for (const auto& epoch : history.epochs) out.insert(out.end(), epoch.begin(), epoch.end());
  return out;
}

pipeline::History history_of(const store::Object& object, std::vector<std::string> names,
                             std::uint64_t epochs) {
  const auto numbers = object.doubles("history");
  if (numbers.size() != epochs * names.size())
    throw data::DataError{fmt::format("'{}': its history has {} numbers, and {} epochs have {}",
                                      object.path().string(), numbers.size(), epochs,
                                      epochs * names.size())};
  pipeline::History out{std::move(names), {}};
  const auto width = out.names.size();
  for (std::size_t e = 0; e < epochs; ++e)
    out.epochs.push_back(all_of(numbers.subspan(e * width, width)));
  return out;
}

}  // namespace

store::Artifact to_artifact(const TrainingState& state) {
  store::Artifact out{"checkpoint", {}, {}};
  auto stored = Json::array(), kept = Json::array();
  add_point("now", state.at, out);
  for (const auto& [name, point] : state.stored) {
    add_point(fmt::format("stored.{}", stored.size()), point, out);
    stored.push_back(name);
  }
  for (std::size_t s = 0; s < state.optimizer.size(); ++s)
    out.columns.push_back(column(fmt::format("optimizer.{}", s), state.optimizer[s]));
  for (const auto& [name, bytes] : state.kept) {
    out.columns.push_back(column(fmt::format("kept.{}", kept.size()), bytes));
    kept.push_back(name);
  }
  for (std::size_t a = 0; a < state.attacks.size(); ++a)
    out.columns.push_back(column(fmt::format("attack.{}", a), state.attacks[a]));
  out.columns.push_back(column("history", flat(state.history)));
  out.texts["state"] = text_of({{"epochs", state.epochs},
                                {"steps", state.steps},
                                {"stored", std::move(stored)},
                                {"optimizer", state.optimizer.size()},
                                {"kept", std::move(kept)},
                                {"attacks", state.attacks.size()},
                                {"history", state.history.names}});
  return out;
}

TrainingState state_of(const store::Object& object) {
  return from_json(object, "state", [&](const Json& json) {
    TrainingState out;
    json.at("epochs").get_to(out.epochs);
    json.at("steps").get_to(out.steps);
    out.at = point_of(object, "now");
    for (std::size_t s = 0; s < json.at("stored").size(); ++s)
      out.stored.emplace(json["stored"][s], point_of(object, fmt::format("stored.{}", s)));
    for (std::size_t s = 0; s < json.at("optimizer").get<std::size_t>(); ++s)
      out.optimizer.push_back(all_of(object.floats(fmt::format("optimizer.{}", s))));
    for (std::size_t k = 0; k < json.at("kept").size(); ++k)
      out.kept.emplace(json["kept"][k], all_of(object.bytes(fmt::format("kept.{}", k))));
    for (std::size_t a = 0; a < json.at("attacks").get<std::size_t>(); ++a)
      out.attacks.push_back(all_of(object.bytes(fmt::format("attack.{}", a))));
    out.history = history_of(object, json.at("history"), out.epochs);
    return out;
  });
}

StoredCheckpoint::StoredCheckpoint(store::Room& room, const store::Key& key, std::string node,
                                   double every, Observer& observer,
                                   std::function<void(const std::string&)> complain)
    : room_{room},
      key_{key},
      node_{std::move(node)},
      every_{every},
      observer_{observer},
      complain_{std::move(complain)} {}

std::optional<TrainingState> StoredCheckpoint::find() {
  try {
    if (const auto object = room_.find(key_)) return state_of(*object);
  } catch (const store::Damaged& error) {
    refuse(error.what());
  } catch (const data::DataError& error) {
    refuse(error.what());
  } catch (const store::StoreError& error) {
    complain_(fmt::format("{}; the training starts anew", error.what()));
  }
  return std::nullopt;
}

bool StoredCheckpoint::due() const { return Clock::now() - last_ >= every_; }

void StoredCheckpoint::put(const TrainingState& state) {
  auto artifact = to_artifact(state);
  artifact.texts["name"] = fmt::format("{}, {} epochs", node_, state.epochs);
  try {
    room_.put(key_, artifact);
  } catch (const store::StoreError& error) {
    complain_(fmt::format("{}; trainings that are stopped start anew", error.what()));
  }
  last_ = Clock::now();
}

void StoredCheckpoint::refuse(const std::string& why) {
  observer_.note(
      fmt::format("the checkpoint of {} does not fit: {}; it is set aside and the "
                  "training starts anew",
                  node_, why));
  room_.set_aside(key_);
  epochs_found_ = 0;
}

void StoredCheckpoint::goes_on(std::uint64_t epochs_done, std::uint64_t epochs) {
  observer_.note(fmt::format("{} goes on after epoch {} of {}", node_, epochs_done, epochs));
  epochs_found_ = epochs_done;
}

}  // namespace steppe::run
