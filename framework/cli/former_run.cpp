#include "framework/cli/former_run.hpp"

#include "framework/cli/event_stream.hpp"
#include "framework/cli/run_record.hpp"
#include "framework/data/files.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;

/// A file of the folder itself: a record that somebody wrote must not reach out of it.
bool is_file_name(const std::string& name) {
  return !name.empty() && fs::path{name}.filename() == name && name != "." && name != "..";
}

bool holds_anything(const fs::path& folder) {
  std::error_code unreadable;
  const fs::directory_iterator entries{folder, unreadable};
  // A run that was killed leaves weights and a log, and no record.
  return std::any_of(begin(entries), end(entries), [](const auto& entry) {
    const auto name = entry.path().filename();
    return name != weights_folder && name != log_file && !data::is_unfinished(entry.path());
  });
}

}  // namespace

FormerRun::FormerRun(fs::path folder) : folder_{std::move(folder)} {
  std::ifstream in{folder_ / "run.json"};
  const auto record = nlohmann::json::parse(in, nullptr, false);
  if (!record.is_object() || !record.value("format", "").starts_with("steppe-run/")) return;
  started_ = record.value("started", "an unknown time");
  for (const auto& training : record.value("trainings", nlohmann::json::array()))
    if (auto name = training.value("weights", ""); is_file_name(name))
      weights_.push_back(std::move(name));
}

std::string FormerRun::note() const {
  if (!started_.empty())
    return fmt::format("replaces the results of {} in '{}'", started_, folder_.string());
  if (!holds_anything(folder_)) return "";
  return fmt::format("'{}' holds other things than a run; they stay as they are", folder_.string());
}

void FormerRun::remove_unfinished() const {
  data::remove_unfinished(folder_);
  data::remove_unfinished(folder_ / weights_folder);
}

void FormerRun::remove_weights_except(const std::vector<std::string>& written) const {
  for (const auto& name : weights_) {
    std::error_code gone_already;
    if (std::ranges::find(written, name) == written.end())
      fs::remove(folder_ / weights_folder / name, gone_already);
  }
}

}  // namespace steppe::cli
