#include "framework/cli/run_record.hpp"

#include "framework/cli/study_outline.hpp"
#include "framework/cli/used_stages.hpp"
#include "framework/compute/matmul.hpp"
#include "framework/pipeline/absolute_paths.hpp"
#include "framework/store/store.hpp"

#include <ctime>
#include <fstream>
#include <set>
#include <string_view>
#include <thread>

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
  std::ifstream cpuinfo{"/proc/cpuinfo"};
  return {{"name", system.nodename},
          {"system", fmt::format("{} {}", system.sysname, system.release)},
          {"machine", system.machine},
          {"cpu", processor_name(cpuinfo)},
          {"instruction_set", compute::matmul_library().instruction_set},
          {"cores", std::thread::hardware_concurrency()}};
}

Json onednn() {
  return {{"version", compute::matmul_library().version},
          {"implementations", compute::matmul_implementations()}};
}

/// Numbers of the random streams.
std::set<std::uint64_t> trials(const pipeline::Plan& plan) {
  std::set<std::uint64_t> out;
  for (const auto& training : plan.trainings) out.insert(training.trial);
  return out;
}

Json absolute(const std::vector<std::filesystem::path>& paths) {
  Json out = Json::array();
  for (const auto& path : paths)
    out.push_back(std::filesystem::absolute(path).lexically_normal().string());
  return out;
}

/// What finished, with its key where there is a store.
Json nodes(const Progress& progress, const run::StudyOutcome& outcome) {
  Json out = Json::array();
  for (const auto& [node, seconds] : progress.times()) {
    auto& added = out.emplace_back(Json{{"node", node}, {"seconds", seconds}});
    if (const auto key = outcome.keys.find(node); key != outcome.keys.end())
      added["key"] = key->second;
  }
  return out;
}

/// What products of trainings were made in; all others are made in f32.
Json precisions(const pipeline::Plan& plan) {
  std::set<std::string_view> update, attack;
  for (const auto& node : plan.trainings) {
    update.insert(compute::name_of(node.precision.update));
    if (!node.attacks.empty()) attack.insert(compute::name_of(node.precision.attack));
  }
  return {{"update", update}, {"attack", attack}};
}

/// Of a step of a training, in the mean.
Json traffic_json(const run::TrainingTraffic& of) {
  const auto means = [&](const compute::Traffic& all) {
    return Json{{"bytes_up", of.a_step(all.up)},
                {"bytes_down", of.a_step(all.down)},
                {"synchronisations", of.a_step(all.waits)}};
  };
  Json out = means(of.traffic);
  out["steps"] = of.steps;
  out["waits_for_room"] = of.a_step(of.traffic.turns);
  out["stages"] = Json::array();
  for (const auto& one : of.stages) {
    auto& added = out["stages"].emplace_back(means(one.traffic));
    added["stage"] = one.stage;
    added["steps"] = one.steps;
  }
  return out;
}

/// Where the weights of each training are, by its coordinates, and its precision.
Json trainings(const pipeline::Plan& plan, const run::StudyOutcome& outcome) {
  Json out = Json::array();
  for (std::size_t t = 0; t < outcome.weights.size(); ++t) {
    if (outcome.weights[t].empty()) continue;
    Json point = Json::object();
    for (const auto& [axis, value] : outcome.results.trainings[t].coordinates) point[axis] = value;
    const auto& node = plan.trainings[t];
    auto& added = out.emplace_back(Json{{"point", point},
                                        {"weights", outcome.weights[t]},
                                        {"precision", compute::name_of(node.precision.update)}});
    if (!node.attacks.empty()) added["attack_precision"] = compute::name_of(node.precision.attack);
    if (outcome.traffic[t].steps > 0) added["traffic"] = traffic_json(outcome.traffic[t]);
  }
  return out;
}

long peak_memory_kib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

std::string processor_name(std::istream& cpuinfo) {
  constexpr std::string_view opening = "model name";
  for (std::string line; std::getline(cpuinfo, line);) {
    if (!line.starts_with(opening)) continue;
    const auto value = line.find_first_not_of(" \t:", opening.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::string timestamp() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string run_record(const PipelineOptions& options, const CheckedPipeline& checked,
                       const Json& sources, const run::StudyOptions& study,
                       const run::StudyOutcome& outcome, const Progress& progress,
                       const RunTimes& times, const std::vector<report::GateVerdict>& gates,
                       const Profiling& profiling) {
  const auto& plan = *checked.plan;
  Json out = {
      {"format", "steppe-run/1"},
      {"steppe", STEPPE_VERSION},
      {"name", plan.name},
      {"file", std::filesystem::absolute(options.file).string()},
      {"folder", std::filesystem::current_path().string()},
      {"set", options.sets},
      {"plugin_path", absolute(options.plugin_folders)},
      {"started", times.started},
      {"seconds", times.seconds},
      {"threads", study.threads > 0 ? static_cast<unsigned>(study.threads)
                                    : std::thread::hardware_concurrency()},
      {"host", host()},
      {"device", outcome.device},
      {"precision", precisions(plan)},
      {"onednn", onednn()},
      {"seed", plan.seed},
      {"trials", trials(plan)},
      {"points", outline_of(plan).points},
      {"peak_memory_kib", peak_memory_kib()},
      {"training_seconds", outcome.training_seconds},
      {"training_events", outcome.training_events},
      {"build", study.computing.build},
      {"store", study.store ? Json(std::filesystem::absolute(study.store->folder()).string())
                            : Json(nullptr)},
      {"found_in_store", outcome.found},
      {"resumed", outcome.resumed},
      {"stages", stages_json(plan)}};
  out.update(sources);
  out["notes"] = checked.notes;
  for (const auto& note : progress.notes()) out["notes"].push_back(note);
  out["nodes"] = nodes(progress, outcome);
  out["trainings"] = trainings(plan, outcome);
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
  if (profiling.wanted()) out["profile"] = profiling.json();
  out["pipeline"] =
      pipeline::to_toml(pipeline::with_absolute_paths(checked.document, checked.catalogue));
  return out.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace steppe::cli
