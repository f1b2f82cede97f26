// steppe runs: the runs in a folder, the newest first.
#include "framework/cli/commands.hpp"
#include "framework/cli/run_files.hpp"
#include "framework/cli/say.hpp"
#include "framework/pipeline/setting_place.hpp"
#include "framework/report/aligned.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <system_error>
#include <tuple>
#include <vector>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;

struct FoundRun {
  std::string folder, pipeline, started, host;
  double seconds = 0;
  std::optional<std::size_t> points;  ///< none: an older program did not say
  std::size_t failed = 0, gates = 0, held = 0;
  bool stopped = false;
};

/// Folders that have the record of a run, not far below; a run has none in it.
std::vector<fs::path> folders_of_runs(const fs::path& folder) {
  constexpr int deepest = 4;
  const auto is_run = [](const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path / "run.json", ignored);
  };
  if (is_run(folder)) return {folder};
  std::vector<fs::path> out;
  std::error_code failure;
  fs::recursive_directory_iterator at{folder, fs::directory_options::skip_permission_denied,
                                      failure};
  for (; !failure && at != fs::recursive_directory_iterator{}; at.increment(failure)) {
    std::error_code ignored;
    if (!at->is_directory(ignored)) continue;
    const bool found = is_run(at->path());
    if (found) out.push_back(at->path());
    if (found || at.depth() + 1 >= deepest) at.disable_recursion_pending();
  }
  return out;
}

/// A record without its name has it in the pipeline.
std::string name_of(const Json& record) {
  if (record.contains("name")) return record.at("name").get<std::string>();
  std::vector<pipeline::Problem> ignored;
  const auto document =
      pipeline::parse_document(record.value("pipeline", ""), "run.json", {}, ignored);
  const auto* heading = document.root.find("pipeline");
  const auto* table = heading ? heading->node.table() : nullptr;
  const auto* name = table ? table->find("name") : nullptr;
  return name && name->node.text() ? *name->node.text() : "";
}

FoundRun read(const fs::path& folder) {
  const auto record = read_record(folder);
  FoundRun out;
  out.folder = folder.string();
  out.pipeline = name_of(record);
  out.started = record.value("started", "");
  out.host = record.value("host", Json::object()).value("name", "");
  out.seconds = record.value("seconds", 0.0);
  if (record.contains("points")) out.points = record.at("points").get<std::size_t>();
  out.failed = record.value("failures", Json::array()).size();
  out.stopped = record.value("stopped", false);
  for (const auto& gate : record.value("gates", Json::array())) {
    ++out.gates;
    out.held += gate.at("holds").get<bool>() ? 1 : 0;
  }
  return out;
}

void print_table(const std::vector<FoundRun>& runs) {
  report::Layout table{
      {{"run", "pipeline", "started", "host", "took", "points", "failed", "gates"}}, 4};
  table.longest_text = std::numeric_limits<std::size_t>::max();
  for (const auto& run : runs)
    table.lines.push_back({run.folder, run.pipeline, run.started, run.host,
                           fmt::format("{:.1f} s", run.seconds),
                           run.points ? fmt::format("{}", *run.points) : "-",
                           fmt::format("{}{}", run.failed, run.stopped ? ", stopped" : ""),
                           run.gates > 0 ? fmt::format("{} of {}", run.held, run.gates) : "-"});
  show(stdout, report::aligned(std::move(table), std::numeric_limits<std::uint16_t>::max()));
}

Json to_json(const std::vector<FoundRun>& runs) {
  Json out = Json::array();
  for (const auto& run : runs)
    out.push_back({{"run", run.folder},
                   {"pipeline", run.pipeline},
                   {"started", run.started},
                   {"host", run.host},
                   {"seconds", run.seconds},
                   {"points", run.points ? Json(*run.points) : Json(nullptr)},
                   {"failed", run.failed},
                   {"stopped", run.stopped},
                   {"gates", run.gates},
                   {"gates_held", run.held}});
  return out;
}

}  // namespace

int runs(const RunsOptions& options) {
  std::error_code no_name;  // too long, or the like
  if (!fs::is_directory(options.folder, no_name)) {
    say(stderr, "there is no folder '{}'; name the one that holds runs", options.folder.string());
    return bad_input;
  }
  std::vector<FoundRun> found;
  for (const auto& folder : folders_of_runs(options.folder)) {
    try {
      found.push_back(read(folder));
    } catch (const std::exception& error) {  // one of somebody else, or half a file
      say(stderr, "note: {} is left out: {}", folder.string(), error.what());
    }
  }
  std::ranges::sort(found, [](const FoundRun& a, const FoundRun& b) {
    return std::tie(b.started, a.folder) < std::tie(a.started, b.folder);
  });
  if (options.json)
    print(to_json(found));
  else if (found.empty())
    show(stdout, "no runs in '{}'\n", options.folder.string());
  else
    print_table(found);
  return success;
}

}  // namespace steppe::cli
