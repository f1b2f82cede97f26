#include "framework/cli/run_record.hpp"

#include <ctime>
#include <set>
#include <thread>

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::cli {

namespace {

using Json = nlohmann::ordered_json;

Json host() {
  utsname system{};
  ::uname(&system);
  return {{"name", system.nodename},
          {"system", fmt::format("{} {}", system.sysname, system.release)},
          {"machine", system.machine},
          {"cores", std::thread::hardware_concurrency()}};
}

/// The libraries of all stages the plan uses.
Json plugins(const pipeline::Plan& plan) {
  std::set<const plugin::StageInfo*> used;
  for (const auto& node : plan.data) {
    used.insert(node.reader.info);
    for (const auto& transform : node.transforms) used.insert(transform.info);
  }
  for (const auto& node : plan.trainings) {
    used.insert({node.trainer.info, node.model.info, node.optimizer.info});
    for (const auto& attack : node.attacks) used.insert(attack.info);
  }
  for (const auto& node : plan.scores)
    for (const auto& metric : node.metrics) used.insert(metric.info);

  std::set<std::string> lines;
  Json out = Json::array();
  for (const auto* info : used)
    if (lines.insert(info->kind + info->name).second)
      out.push_back({{"kind", info->kind},
                     {"name", info->name},
                     {"version", info->version},
                     {"build", info->build},
                     {"library", info->library.string()}});
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
                       const Progress& progress, const RunTimes& times) {
  Json out = {{"format", "steppe-run/1"},
              {"steppe", STEPPE_VERSION},
              {"file", std::filesystem::absolute(options.file).string()},
              {"set", options.sets},
              {"started", times.started},
              {"seconds", times.seconds},
              {"threads", study.threads},
              {"host", host()},
              {"device", outcome.device},
              {"peak_memory_kib", peak_memory_kib()},
              {"training_seconds", outcome.training_seconds},
              {"training_events", outcome.training_events},
              {"plugins", plugins(*checked.plan)}};
  out["notes"] = checked.notes;
  for (const auto& note : progress.notes()) out["notes"].push_back(note);
  out["nodes"] = Json::array();
  for (const auto& [node, seconds] : progress.times())
    out["nodes"].push_back({{"node", node}, {"seconds", seconds}});
  out["failures"] = Json::array();
  for (const auto& failure : outcome.failures)
    out["failures"].push_back({{"node", failure.node}, {"error", failure.sentence}});
  out["pipeline"] = checked.plan->resolved;
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace steppe::cli
