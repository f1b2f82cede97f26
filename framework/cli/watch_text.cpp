#include "framework/cli/watch_text.hpp"

#include "framework/cli/commands.hpp"
#include "framework/cli/counted.hpp"
#include "framework/cli/short_numbers.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using State = WatchedNode::State;
using Lines = std::vector<std::string>;

constexpr double long_silence = 60;  ///< seconds

/// "[12/94]"
std::string place(const WatchedRun& run) {
  const auto total = run.nodes().size();
  return fmt::format("[{:>{}}/{}]", run.count(State::done) + run.count(State::failed),
                     fmt::formatted_size("{}", total), total);
}

std::string head_line(const WatchedRun& run, double now) {
  auto out = fmt::format("{}: {} of {} done", run.pipeline(), run.count(State::done),
                         counted(run.nodes().size(), "node"));
  if (run.found() > 0) out += fmt::format(" ({} found in the store)", run.found());
  if (const auto count = run.count(State::running)) out += fmt::format(", {} running", count);
  if (const auto count = run.count(State::stopped)) out += fmt::format(", {} stopped", count);
  if (const auto count = run.count(State::failed)) out += fmt::format(", {} failed", count);
  out += fmt::format("; {} since the start", short_duration(now));
  // On another host a process may be gone and nobody knows.
  if (const double silent = now - run.time(); silent > long_silence)
    out += fmt::format(", the last news {} ago", short_duration(silent));
  return out;
}

std::string running_line(const WatchedNode& node, double now) {
  auto out = fmt::format("  {}: {}", node.name, short_duration(now - node.begin));
  if (node.total > 0)
    out += fmt::format(", {:.0f} %",
                       100 * static_cast<double>(node.done) / static_cast<double>(node.total));
  if (node.rate() > 0) out += fmt::format(", {} {}/s", short_rate(node.rate()), node.unit);
  return out;
}

std::string left_line(const WatchedRun& run, double now) {
  const auto left = run.left(now);
  if (!left) return "the time that is left is not known yet";
  return fmt::format("{} {} left: an estimate from {} made and {} running",
                     left->at_least ? "at least" : "about", short_duration(left->seconds),
                     counted(left->made, "node"), left->running);
}

/// The first, and how many more there are.
void add_some(Lines& out, const Lines& lines, std::size_t room, const std::string& more) {
  const auto shown = lines.size() <= room ? lines.size() : room - std::min<std::size_t>(room, 1);
  out.insert(out.end(), lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(shown));
  if (shown < lines.size() && room > 0)
    out.push_back(fmt::format("  and {} {}", lines.size() - shown, more));
}

}  // namespace

std::vector<std::string> state_lines(const WatchedRun& run, double now, std::size_t lines) {
  constexpr std::size_t most_notes = 3;
  Lines running, failed, notes;
  for (const auto& node : run.nodes()) {
    if (node.state == State::running) running.push_back(running_line(node, now));
    if (node.state == State::failed)
      failed.push_back(fmt::format("error: {}: {}", node.name, node.text));
  }
  for (const auto& gate : run.failed_gates()) failed.push_back("gate failed: " + gate);
  const auto& all = run.notes();
  for (auto i = all.size() - std::min(all.size(), most_notes); i < all.size(); ++i)
    notes.push_back("note: " + all[i]);

  Lines out{head_line(run, now)};
  const auto room = [&] { return lines - std::min(lines, out.size() + 1); };
  add_some(out, failed, std::max<std::size_t>(room() / 2, 1), "more errors");
  add_some(out, running, room(), "more nodes");
  add_some(out, notes, std::min(room(), most_notes), "more notes");
  if (!run.exit_code()) out.push_back(left_line(run, now));
  return out;
}

std::string change_line(const WatchedRun& run, const Json& event) {
  const auto what = event.at("event").get<std::string>();
  const auto text = [&](const char* key) { return event.at(key).get<std::string>(); };
  if (what == "run_started")
    return fmt::format("{}: {}, started {} on {}", run.pipeline(),
                       counted(run.nodes().size(), "node"), run.started(), run.owner()->host);
  if (what == "node_started") return fmt::format("started: {}", text("node"));
  if (what == "node_finished")
    return fmt::format("{} {}: {}  [{:.1f} s]", place(run), text("node"), text("detail"),
                       event.at("seconds").get<double>());
  if (what == "node_failed") return fmt::format("error: {}: {}", text("node"), text("error"));
  if (what == "node_stopped") return fmt::format("stopped: {}", text("node"));
  if (what == "note") return "note: " + text("note");
  if (what == "written") return "written: " + text("file");
  if (what == "gate" && !event.at("holds").get<bool>())
    return fmt::format("gate failed: {}: {}", text("that"), text("reason"));
  return "";
}

std::string verdict_line(const WatchedRun& run) {
  const auto after = short_duration(run.time());
  if (!run.error().empty()) return fmt::format("ended after {}: {}", after, run.error());
  switch (run.exit_code().value_or(run_failed)) {
    case success:
      return fmt::format("ended after {}: everything ran, all gates hold", after);
    case gate_failed:
      return fmt::format("ended after {}: a gate does not hold", after);
    case bad_input:
      return "the pipeline is wrong; nothing was run";
    default:
      break;
  }
  return fmt::format("ended after {}: {}", after,
                     run.count(State::failed) > 0 ? "something failed" : "it was stopped");
}

std::string gone_line(const WatchedRun& run) {
  return fmt::format(
      "process {} on {} is gone without an end, {} after its start; run it again: "
      "what it finished is in its store",
      run.owner()->process, run.owner()->host, short_duration(run.time()));
}

}  // namespace steppe::cli
