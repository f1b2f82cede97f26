// Names of fields are made in keys.cpp.
#include "framework/run/keep/field_origin.hpp"

#include "framework/plugin/kinds.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include <fmt/format.h>

namespace steppe::run {

namespace {

/// Up to the next dot, which is taken away with it.
std::string take_word(std::string& from) {
  const auto dot = std::min(from.find('.'), from.size());
  auto out = from.substr(0, dot);
  from.erase(0, dot + 1);
  return out;
}

/// A number up to the next dot.
std::optional<std::size_t> take_number(std::string& from) {
  const auto dot = std::min(from.find('.'), from.size());
  std::size_t out = 0;
  const auto [stop, error] = std::from_chars(from.data(), from.data() + dot, out);
  if (dot == 0 || error != std::errc{} || stop != from.data() + dot) return std::nullopt;
  from.erase(0, dot + 1);
  return out;
}

/// Behind "of.": a data set's name, which may have a dot in it, and the field of that data set.
void take_data_name(std::string& from) {
  for (const auto* part : {".numerics.", ".seed", ".reader.", ".transform."})
    if (const auto at = from.find(part); at != std::string::npos) {
      from.erase(0, at + 1);
      return;
    }
}

/// What keys.cpp says of a stage beside its settings.
const std::map<std::string_view, FieldOrigin> of_stages{
    {"name", {"", {}, "the name of its heading"}},
    {"plugin", {"use", {}, "the plugin and its version"}},
    {"library", {"", {}, "what is in the plugin's library"}},
    {"projectors", {"project", {}, "how many projectors"}},
};

/// `rest`: behind the kind of a stage.
FieldOrigin in_stage(const std::string& kind, std::string rest) {
  const auto heading = kind + "." + take_word(rest);
  if (rest.empty()) return {heading, {}, "the whole stage"};
  const auto key = take_word(rest);
  if (key == "projector") return in_stage(key, std::move(rest));
  if (const auto known = of_stages.find(key); known != of_stages.end() && rest.empty()) {
    auto out = known->second;
    out.setting = out.setting.empty() ? heading : heading + "." + out.setting;
    return out;
  }
  FieldOrigin out{heading + "." + key, take_number(rest), ""};
  if (rest == "count")
    out.words = "how many";
  else if (rest == "files")
    out.words = "how many files it means";
  else if (!rest.empty())
    out.words = fmt::format("what is in the file '{}'", rest);
  return out;
}

FieldOrigin in_numerics(const std::string& field) {
  if (field == "device") return {"pipeline.device", {}, ""};
  if (field == "build") return {"", {}, "the build of Steppe's libraries that compute"};
  if (field == "oneDNN") return {"", {}, "the library of matrix products"};
  return {"", {}, "the processor's"};
}

}  // namespace

std::string own_name(std::string field) {
  while (true) {
    auto rest = field;
    const auto word = take_word(rest);
    if (rest.empty()) return field;
    if (word == "of")
      take_data_name(rest);
    else if (word != "training" && word != "data" && word != "on")
      return field;
    field = std::move(rest);
  }
}

FieldOrigin origin_of(std::string field, const std::string& owner) {
  auto rest = own_name(std::move(field));
  const auto first = take_word(rest);
  if (first == "numerics") return in_numerics(rest);
  if (first == "layer") return {"", {}, fmt::format("what is in the library of layer '{}'", rest)};
  if (plugin::find_kind(first)) return in_stage(first, std::move(rest));
  if (first == "graph") return {"", {}, "the network: follows from model and columns"};
  if (first == "loss") return {"", {}, "follows from the trainer and the target"};
  if (first == "seed") return {"pipeline.seed", {}, ""};
  if (first == "trial") return {"matrix.trial", {}, ""};
  if (first == "splits") return {"pipeline.splits." + rest, {}, ""};
  if (first == "metrics") return {"evaluate.metrics", {}, "how many metrics"};
  if (first == "attacked") return {"evaluate.attack", {}, "whether scores are attacked"};
  if (first == "attacks") return {owner + ".attack", {}, "how many attacks"};
  if (first == "precision" || first == "attack_precision")
    return {owner + "." + first, {}, "what it comes to on this processor"};
  if (first == "split" && !owner.starts_with("distribution.")) return {"evaluate.split", {}, ""};
  if (first == "column") return {owner + ".columns", {}, ""};
  return {owner + "." + first, {}, ""};  // a distribution's
}

}  // namespace steppe::run
