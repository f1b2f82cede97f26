#include "framework/cli/trained.hpp"

#include "framework/cli/run_record.hpp"
#include "framework/data/dataset.hpp"

#include <steppe/nearest.hpp>

#include <fstream>
#include <utility>
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

/// "train=pythia,attack=none" as axes and values. @throws DataError naming the part that is none.
std::vector<std::pair<std::string, std::string>> parts_of(const std::string& training) {
  std::vector<std::pair<std::string, std::string>> out;
  for (std::size_t begin = 0; begin < training.size();) {
    const auto end = std::min(training.find(',', begin), training.size());
    const auto part = training.substr(begin, end - begin);
    const auto sign = part.find('=');
    if (sign == std::string::npos)
      throw data::DataError{fmt::format(
          "--training: '{}' is no axis with a value; write such as 'attack=none'", part)};
    out.emplace_back(part.substr(0, sign), part.substr(sign + 1));
    begin = end + 1;
  }
  return out;
}

/// Whether every part of `wanted` is a coordinate of the point. @throws DataError for an axis that
/// it does not have.
bool fits(const Json& point, const std::vector<std::pair<std::string, std::string>>& wanted) {
  for (const auto& [axis, value] : wanted) {
    if (!point.contains(axis)) {
      std::vector<std::string> axes;
      for (const auto& [name, ignored] : point.items()) axes.push_back(name);
      throw data::DataError{
          fmt::format("--training: there is no axis '{}'{}; there {} {}", axis,
                      did_you_mean(axis, axes), axes.size() == 1 ? "is" : "are",
                      axes.empty() ? "none" : fmt::format("{}", fmt::join(axes, ", ")))};
    }
    if (point[axis].get<std::string>() != value) return false;
  }
  return true;
}

}  // namespace

Trained find_trained(const fs::path& run, const std::string& training) {
  if (run.extension() == ".toml")
    throw data::DataError{fmt::format(
        "'{}' is a pipeline file; give the folder of its run, such as 'runs/{}', or a weight file",
        run.string(), run.stem().string())};
  if (fs::is_regular_file(run)) return {run, fs::current_path()};
  const auto record = read_record(run);
  const auto wanted = parts_of(training);
  std::vector<std::string> all, found;
  Trained out;
  for (const auto& entry : record.value("trainings", Json::array())) {
    const auto& point = entry.at("point");
    all.push_back(text_of(point));
    if (!fits(point, wanted)) continue;
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

void require_folder_of(const fs::path& file) {
  const auto folder = fs::absolute(file).parent_path();
  if (!fs::is_directory(folder))
    throw data::DataError{fmt::format("there is no folder '{}' to write '{}' to; make it first",
                                      folder.string(), file.filename().string())};
}

}  // namespace steppe::cli
