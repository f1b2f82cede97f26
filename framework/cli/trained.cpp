#include "framework/cli/trained.hpp"

#include "framework/cli/run_record.hpp"
#include "framework/data/dataset.hpp"

#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

Json read_record(const fs::path& run) {
  const auto path = run / "run.json";
  std::ifstream in{path};
  if (!in)
    throw data::DataError{fmt::format(
        "'{}' is neither a weight file nor the folder of a run: it has no run.json", run.string())};
  try {
    return Json::parse(in);
  } catch (const Json::exception& error) {
    throw data::DataError{fmt::format("'{}': {}", path.string(), error.what())};
  }
}

/// "train=pythia,attack=none"
std::string text_of(const Json& point) {
  std::vector<std::string> parts;
  for (const auto& [axis, value] : point.items())
    parts.push_back(fmt::format("{}={}", axis, value.get<std::string>()));
  return fmt::format("{}", fmt::join(parts, ","));
}

/// Whether every part of `wanted` is a coordinate of the point.
bool fits(const Json& point, const std::string& wanted) {
  std::size_t begin = 0;
  while (begin < wanted.size()) {
    const auto end = std::min(wanted.find(',', begin), wanted.size());
    const auto part = wanted.substr(begin, end - begin);
    const auto sign = part.find('=');
    const auto axis = part.substr(0, sign);
    if (sign == std::string::npos || !point.contains(axis) ||
        point[axis].get<std::string>() != part.substr(sign + 1))
      return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace

Trained find_trained(const fs::path& run, const std::string& training) {
  if (fs::is_regular_file(run)) return {run, fs::current_path()};
  const auto record = read_record(run);
  std::vector<std::string> all, found;
  Trained out;
  for (const auto& entry : record.value("trainings", Json::array())) {
    const auto& point = entry.at("point");
    all.push_back(text_of(point));
    if (!fits(point, training)) continue;
    found.push_back(all.back());
    out.weights = run / weights_folder / entry.at("weights").get<std::string>();
  }
  if (found.size() != 1)
    throw data::DataError{fmt::format(
        "{} of the trainings of '{}' {} meant; choose one with --training, such as:\n  {}",
        found.empty() ? "none" : fmt::format("{}", found.size()), run.string(),
        found.size() == 1 ? "is" : "are", fmt::join(found.empty() ? all : found, "\n  "))};
  out.folder = fs::path{record.value("file", "")}.parent_path();
  return out;
}

}  // namespace steppe::cli
