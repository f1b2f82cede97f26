#include "framework/cli/run_record.hpp"

#include "framework/cli/used_stages.hpp"

#include <ctime>
#include <map>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

Json host() {
  utsname system{};
  ::uname(&system);
  return {{"name", system.nodename},
          {"system", fmt::format("{} {}", system.sysname, system.release)},
          {"machine", system.machine},
          {"cores", std::thread::hardware_concurrency()}};
}

/// The plugins that the plan uses and where they come from, by kind and name.
Json plugins(const pipeline::Plan& plan) {
  std::map<std::pair<std::string, std::string>, const plugin::StageInfo*> used;
  for (const auto* stage : used_stages(plan))
    used[{stage->info->kind, stage->info->name}] = stage->info;
  Json out = Json::array();
  for (const auto& [place, info] : used)
    out.push_back({{"kind", info->kind},
                   {"name", info->name},
                   {"version", info->version},
                   {"build", info->build},
                   {"library", info->library.string()}});
  return out;
}

/// Where the weights of each training are, by its coordinates.
Json trainings(const run::StudyOutcome& outcome) {
  Json out = Json::array();
  for (std::size_t t = 0; t < outcome.weights.size(); ++t) {
    if (outcome.weights[t].empty()) continue;
    Json point = Json::object();
    for (const auto& [axis, value] : outcome.results.trainings[t].coordinates) point[axis] = value;
    out.push_back({{"point", point}, {"weights", outcome.weights[t]}});
  }
  return out;
}

long peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

std::string timestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string run_record(const PipelineOptions& options, const CheckedPipeline& checked,
                       const run::StudyOptions& study, const run::StudyOutcome& outcome,
                       const Progress& progress, const RunTimes& times,
                       const std::vector<report::GateVerdict>& gates) {
  Json out = {{"format", "steppe-run/1"},
              {"steppe", STEPPE_VERSION},
              {"file", std::filesystem::absolute(options.file).string()},
              {"set", options.sets},
              {"started", times.started},
              {"seconds", times.seconds},
              {"threads", study.threads > 0 ? static_cast<unsigned>(study.threads)
                                            : std::thread::hardware_concurrency()},
              {"host", host()},
              {"device", outcome.device},
              {"peak_memory_kib", peak_memory_kib()},
              {"training_seconds", outcome.training_seconds},
              {"training_events", outcome.training_events},
              {"plugins", plugins(*checked.plan)},
              {"stages", stages_json(*checked.plan)},
              {"build", study.computing.build},
              {"found_in_store", outcome.found},
              {"resumed", outcome.resumed}};
  out["notes"] = checked.notes;
  for (const auto& note : progress.notes()) out["notes"].push_back(note);
  out["nodes"] = Json::array();
  for (const auto& [node, seconds] : progress.times())
    out["nodes"].push_back({{"node", node}, {"seconds", seconds}});
  out["trainings"] = trainings(outcome);
  out["failures"] = Json::array();
  for (const auto& failure : outcome.failures)
    out["failures"].push_back({{"node", failure.node}, {"error", failure.sentence}});
  out["stopped"] = outcome.cancelled;
  out["gates"] = Json::array();
  for (const auto& gate : gates)
    out["gates"].push_back({{"that", gate.that},
                            {"at", gate.at},
                            {"holds", gate.verdict.holds},
                            {"reason", gate.verdict.reason}});
  out["pipeline"] = checked.plan->resolved;
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace steppe::cli
