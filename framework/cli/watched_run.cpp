#include "framework/cli/watched_run.hpp"

#include "framework/cli/event_stream.hpp"

#include <algorithm>

namespace steppe::cli {

using State = WatchedNode::State;

namespace {

/// By its own progress: nothing where that is not known.
std::optional<double> own_seconds_left(const WatchedNode& node, double now) {
  const auto rate = node.rate();
  if (rate <= 0 || node.total < node.done) return std::nullopt;
  return std::max(0.0, static_cast<double>(node.total - node.done) / rate - (now - node.told));
}

}  // namespace

double WatchedNode::rate() const {
  return told > begin ? static_cast<double>(done) / (told - begin) : 0;
}

std::optional<Json> WatchedRun::take(const std::string& line) {
  auto event = Json::parse(line, nullptr, false);
  if (!event.is_object()) return std::nullopt;
  try {
    const auto what = event.at("event").get<std::string>();
    const auto time = event.at("time").get<double>();
    if (event.contains("format")) begun_ = event.at("format") == events_format;
    if (!begun_) return std::nullopt;
    apply(what, event);
    time_ = std::max(time_, time);
    return event;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void WatchedRun::apply(const std::string& what, const Json& event) {
  if (what == "run_started") return begin(event);
  if (event.contains("node")) return apply_to_node(what, event);
  if (what == "note") notes_.push_back(event.at("note").get<std::string>());
  if (what == "gate" && !event.at("holds").get<bool>())
    failed_gates_.push_back(event.at("that").get<std::string>() + ": " +
                            event.at("reason").get<std::string>());
  if (what != "run_ended") return;
  error_ = event.value("error", "");
  exit_code_ = event.at("exit_code").get<int>();
}

void WatchedRun::begin(const Json& event) {
  const auto& owner = event.at("owner");
  owner_ =
      store::Owner{owner.at("host").get<std::string>(), owner.at("boot").get<std::string>(),
                   owner.at("space").get<std::string>(), owner.at("process").get<std::int64_t>(),
                   owner.at("started").get<std::uint64_t>()};
  pipeline_ = event.at("pipeline").get<std::string>();
  started_ = event.at("started").get<std::string>();
  for (const auto& one : event.at("nodes")) {
    auto& node = nodes_.emplace_back();
    node.name = one.at("node").get<std::string>();
    node.kind = one.at("kind").get<std::string>();
    index_.emplace(node.name, nodes_.size() - 1);
  }
}

void WatchedRun::apply_to_node(const std::string& what, const Json& event) {
  const auto place = index_.find(event.at("node").get<std::string>());
  if (place == index_.end()) return;
  auto& node = nodes_[place->second];
  if (what == "node_started") {
    node.state = State::running;
    node.begin = event.at("time").get<double>();
    most_at_once_ = std::max(most_at_once_, count(State::running));
  } else if (what == "progress") {
    node.done = event.at("done").get<std::uint64_t>();
    node.total = event.value("total", std::uint64_t{0});
    node.unit = event.at("unit").get<std::string>();
    node.told = event.at("time").get<double>();
  } else if (what == "node_finished") {
    node.state = State::done;
    node.found = event.at("found").get<bool>();
    node.seconds = event.at("seconds").get<double>();
    node.text = event.at("detail").get<std::string>();
  } else if (what == "node_failed") {
    node.state = State::failed;
    node.text = event.at("error").get<std::string>();
  } else if (what == "node_stopped") {
    node.state = State::stopped;
  }
}

std::size_t WatchedRun::count(State state) const {
  return static_cast<std::size_t>(std::ranges::count(nodes_, state, &WatchedNode::state));
}

std::size_t WatchedRun::found() const {
  return static_cast<std::size_t>(std::ranges::count(nodes_, true, &WatchedNode::found));
}

/// The mean of those that were made; where there are none yet, of those that run and tell how far
/// they are.
std::map<std::string, double> WatchedRun::seconds_by_kind(double now) const {
  struct Sum {
    double seconds = 0;
    double count = 0;
  };
  std::map<std::string, Sum> made, running;
  const auto add = [](Sum& sum, double seconds) {
    sum.seconds += seconds;
    sum.count += 1;
  };
  for (const auto& node : nodes_) {
    if (node.state == State::done && !node.found) add(made[node.kind], node.seconds);
    if (node.state != State::running || node.total == 0) continue;
    if (const auto rest = own_seconds_left(node, now))
      add(running[node.kind], now - node.begin + *rest);
  }
  made.merge(running);
  std::map<std::string, double> out;
  for (const auto& [kind, sum] : made) out[kind] = sum.seconds / sum.count;
  return out;
}

std::optional<TimeLeft> WatchedRun::left(double now) const {
  const auto seconds = seconds_by_kind(now);
  if (seconds.empty()) return std::nullopt;
  TimeLeft out;
  double work = 0, longest = 0;
  for (const auto& node : nodes_) {
    out.made += node.state == State::done && !node.found;
    if (node.state != State::waiting && node.state != State::running) continue;
    const auto known = seconds.find(node.kind);
    auto rest =
        node.state == State::running && node.total > 0 ? own_seconds_left(node, now) : std::nullopt;
    if (rest) ++out.running;
    if (!rest && known != seconds.end())
      rest = node.state == State::waiting ? known->second
                                          : std::max(0.0, known->second - (now - node.begin));
    if (!rest) out.at_least = true;
    work += rest.value_or(0);
    longest = std::max(longest, rest.value_or(0));
  }
  out.seconds = std::max(longest, work / static_cast<double>(most_at_once_));
  return out;
}

}  // namespace steppe::cli
