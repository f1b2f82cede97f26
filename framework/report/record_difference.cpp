#include "framework/report/record_difference.hpp"

#include "framework/pipeline/setting_place.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string_view>
#include <utility>

namespace steppe::report {

namespace {

using Json = nlohmann::ordered_json;

/// Values by name; of blocks such as [[require]] there are several of one name.
struct Named {
  std::string name, value;

  bool operator==(const Named&) const = default;
};
using List = std::vector<Named>;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Takes out what both have; what is left of one name is what it was and what it is.
std::vector<RecordChange> changes(List first, List second) {
  std::erase_if(first, [&](const Named& one) {
    const auto same = std::ranges::find(second, one);
    if (same == second.end()) return false;
    second.erase(same);
    return true;
  });
  std::vector<RecordChange> out;
  for (const auto& one : first) {
    auto& change = out.emplace_back(RecordChange{one.name, one.value, std::nullopt});
    const auto other =
        std::ranges::find_if(second, [&](const Named& named) { return named.name == one.name; });
    if (other == second.end()) continue;
    change.second = other->value;
    second.erase(other);
  }
  for (const auto& one : second) out.push_back({one.name, std::nullopt, one.value});
  return out;
}

List settings_of(const Json& record) {
  List out;
  std::vector<pipeline::Problem> ignored;  // it was checked when it ran
  const auto document =
      pipeline::parse_document(text_of(record.at("pipeline")), "run.json", {}, ignored);
  for (auto& setting : pipeline::written_settings(document))
    out.push_back({std::move(setting.path), std::move(setting.value)});
  return out;
}

/// "values.epochs=2": what stands before the sign is the name.
List overrides_of(const Json& record) {
  List out;
  for (const auto& set : record.at("set")) {
    const auto text = text_of(set);
    const auto sign = std::min(text.find('='), text.size());
    out.push_back({text.substr(0, sign), text.substr(std::min(sign + 1, text.size()))});
  }
  return out;
}

using Things = std::map<std::string, Json>;

Things plugins_of(const Json& record) {
  Things out;
  for (const auto& plugin : record.at("plugins"))
    out[text_of(plugin.at("kind")) + "." + text_of(plugin.at("name"))] = plugin;
  return out;
}

/// By setting and name: where a file lies does not count.
Things data_files_of(const Json& record) {
  Things out;
  for (const auto& file : record.at("data_files")) {
    const std::filesystem::path path{text_of(file.at("path"))};
    out[text_of(file.at("setting")) + " " + path.filename().string()] = file;
  }
  return out;
}

/// Things that both have are compared by these of their keys.
std::vector<RecordChange> changed_things(const Things& first, const Things& second,
                                         std::initializer_list<const char*> keys) {
  std::vector<RecordChange> out;
  for (const auto& [name, thing] : first) {
    const auto other = second.find(name);
    if (other == second.end()) {
      out.push_back({name, "there", std::nullopt});
      continue;
    }
    for (const auto* key : keys)
      if (thing.contains(key) && other->second.contains(key) &&
          thing.at(key) != other->second.at(key))
        out.push_back({name + " " + key, text_of(thing.at(key)), text_of(other->second.at(key))});
  }
  for (const auto& [name, thing] : second)
    if (!first.contains(name)) out.push_back({name, std::nullopt, "there"});
  return out;
}

/// Keys of the records themselves, or of an object in them ("host.cpu").
std::vector<RecordChange> changed_keys(const Json& first, const Json& second,
                                       std::initializer_list<std::string_view> keys) {
  std::vector<RecordChange> out;
  for (const auto key : keys) {
    std::string path{"/"};
    path += key;
    std::ranges::replace(path, '.', '/');
    const Json::json_pointer at{path};
    if (first.contains(at) && second.contains(at) && first.at(at) != second.at(at))
      out.push_back({std::string{key}, text_of(first.at(at)), text_of(second.at(at))});
  }
  return out;
}

}  // namespace

std::vector<RecordPart> record_difference(const Json& first, const Json& second) {
  std::vector<RecordPart> out;
  const auto add = [&](const char* name, const char* key, const auto& compare) {
    auto& part = out.emplace_back(RecordPart{name, true, {}});
    part.told = first.contains(key) == second.contains(key);
    if (first.contains(key) && second.contains(key)) part.changes = compare();
  };
  add("pipeline", "pipeline", [&] { return changes(settings_of(first), settings_of(second)); });
  add("set", "set", [&] { return changes(overrides_of(first), overrides_of(second)); });
  add("plugins", "plugins", [&] {
    return changed_things(plugins_of(first), plugins_of(second), {"version", "content"});
  });
  add("data files", "data_files", [&] {
    return changed_things(data_files_of(first), data_files_of(second), {"bytes", "content"});
  });
  add("seeds", "seed", [&] { return changed_keys(first, second, {"seed", "trials"}); });
  add("program", "steppe", [&] {
    return changed_keys(first, second,
                        {"steppe", "build", "device", "precision.update", "precision.attack",
                         "onednn.version", "onednn.implementations"});
  });
  add("host", "host", [&] {
    return changed_keys(first, second,
                        {"host.name", "host.system", "host.machine", "host.cpu",
                         "host.instruction_set", "host.cores", "threads"});
  });
  add("git", "git", [&] {
    return changed_keys(first, second, {"git.commit", "git.branch", "git.dirty"});
  });
  return out;
}

}  // namespace steppe::report
