#include "framework/cli/event_stream.hpp"

#include "framework/cli/study_outline.hpp"
#include "framework/pipeline/node_names.hpp"
#include "framework/store/owner.hpp"

#include <cmath>
#include <utility>

namespace steppe::cli {

namespace {

Json nodes_json(const pipeline::Plan& plan) {
  auto out = Json::array();
  for (const auto& node : nodes_of(plan)) out.push_back({{"node", node.name}, {"kind", node.kind}});
  return out;
}

/// Who runs it, so that others can see when it is gone.
Json owner_json(const store::Owner& owner) {
  return {{"host", owner.host},
          {"boot", owner.boot},
          {"space", owner.space},
          {"process", owner.process},
          {"started", owner.started}};
}

}  // namespace

std::vector<NamedNode> nodes_of(const pipeline::Plan& plan) {
  std::vector<NamedNode> out;
  const auto names = pipeline::node_names(plan);
  const auto add = [&](const char* kind, const std::vector<std::string>& list) {
    for (const auto& name : list) out.push_back({kind, name});
  };
  add("data", names.data);
  add("training", names.trainings);
  add("score", names.scores);
  add("sharpness", names.sharpness);
  add("distribution", names.distributions);
  add("comparison", names.comparisons);
  return out;
}

EventStream::EventStream(std::vector<LineSink> sinks, std::function<Clock::time_point()> now)
    : sinks_{std::move(sinks)}, now_{std::move(now)}, start_{now_()} {}

Json EventStream::event(const char* name) const {
  const std::chrono::duration<double> time = now_() - start_;
  return {{"event", name}, {"time", std::round(time.count() * 1e3) / 1e3}};
}

void EventStream::write(const Json& event) {
  // In ASCII, as all JSON of this program.
  const auto line = event.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
  std::erase_if(sinks_, [&](const LineSink& sink) { return !sink(line); });
}

void EventStream::begin(const pipeline::Plan& plan, const std::filesystem::path& folder,
                        const std::string& started) {
  const std::lock_guard lock{mutex_};
  Json first = {{"format", events_format}};
  first.update(event("run_started"));
  first.update({{"started", started},
                {"steppe", STEPPE_VERSION},
                {"owner", owner_json(store::this_process())},
                {"pipeline", plan.name},
                {"file", std::filesystem::absolute(plan.file).string()},
                {"folder", std::filesystem::absolute(folder).string()},
                {"points", outline_of(plan).points},
                {"nodes", nodes_json(plan)}});
  write(first);
}

void EventStream::refuse(const Json& problems) {
  const std::lock_guard lock{mutex_};
  Json first = {{"format", events_format}};
  first.update(event("refused"));
  first["problems"] = problems;
  write(first);
}

void EventStream::gate(const report::GateVerdict& gate) {
  const std::lock_guard lock{mutex_};
  auto out = event("gate");
  out.update({{"that", gate.that},
              {"at", gate.at},
              {"holds", gate.verdict.holds},
              {"reason", gate.verdict.reason}});
  write(out);
}

void EventStream::written(const std::filesystem::path& file) {
  const std::lock_guard lock{mutex_};
  auto out = event("written");
  out["file"] = std::filesystem::absolute(file).string();
  write(out);
}

void EventStream::end(int exit_code, const std::string& error) {
  const std::lock_guard lock{mutex_};
  for (const auto& [node, running] : running_) {
    auto out = event("node_stopped");
    out["node"] = node;
    write(out);
  }
  running_.clear();
  auto out = event("run_ended");
  out["exit_code"] = exit_code;
  if (!error.empty()) out["error"] = error;
  write(out);
}

/// A node that another process is at is started again later: it has been running all the while.
void EventStream::started(const std::string& node) {
  const std::lock_guard lock{mutex_};
  if (!running_.try_emplace(node).second) return;
  auto out = event("node_started");
  out["node"] = node;
  write(out);
}

void EventStream::progress(const std::string& node, std::uint64_t done, std::uint64_t total,
                           const char* unit) {
  const std::lock_guard lock{mutex_};
  const auto running = running_.find(node);
  const auto now = now_();
  if (running == running_.end() || now - running->second.told < progress_gap) return;
  running->second.told = now;
  auto out = event("progress");
  out.update({{"node", node}, {"done", done}});
  if (total > 0) out["total"] = total;
  out["unit"] = unit ? unit : "";
  write(out);
}

void EventStream::found(const std::string& node) {
  const std::lock_guard lock{mutex_};
  if (const auto running = running_.find(node); running != running_.end())
    running->second.found = true;
}

void EventStream::finished(const std::string& node, double seconds, const std::string& detail) {
  const std::lock_guard lock{mutex_};
  const auto running = running_.extract(node);
  auto out = event("node_finished");
  out.update({{"node", node},
              {"seconds", seconds},
              {"found", !running.empty() && running.mapped().found},
              {"detail", detail}});
  write(out);
}

void EventStream::failed(const std::string& node, const std::string& sentence) {
  const std::lock_guard lock{mutex_};
  running_.erase(node);
  auto out = event("node_failed");
  out.update({{"node", node}, {"error", sentence}});
  write(out);
}

void EventStream::note(const std::string& sentence) {
  const std::lock_guard lock{mutex_};
  if (!notes_.insert(sentence).second) return;
  auto out = event("note");
  out["note"] = sentence;
  write(out);
}

}  // namespace steppe::cli
