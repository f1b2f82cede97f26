// A run as a stream of events for programs: one JSON object a line, format "steppe-events/1"
// (docs/events.md). Where the lines go is told from outside: stdout, the log of the run, or both.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/pipeline/plan.hpp"
#include "framework/report/junit.hpp"
#include "framework/run/observer.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::cli {

inline constexpr auto events_format = "steppe-events/1";

/// Takes a whole line, its end included, before it returns. @returns false when it can take no
/// more: then it gets none.
using LineSink = std::function<bool(std::string_view)>;

/// A node of the plan, as the first event lists it.
struct NamedNode {
  std::string kind;  ///< "data", "training", "score", "sharpness", "distribution", "comparison"
  std::string name;
};

/// All nodes, in the order of the plan.
std::vector<NamedNode> nodes_of(const pipeline::Plan& plan);

/// [any thread]
class EventStream final : public run::Observer {
 public:
  using Clock = std::chrono::steady_clock;
  /// Between two events on the progress of one node.
  static constexpr std::chrono::milliseconds progress_gap{200};

  /// `now`: for tests.
  explicit EventStream(std::vector<LineSink> sinks,
                       std::function<Clock::time_point()> now = Clock::now);

  /// The first event. `started`: ISO 8601, UTC. `folder`: of the run.
  void begin(const pipeline::Plan& plan, const std::filesystem::path& folder,
             const std::string& started);
  /// The first event of a run that does not begin: what is wrong with the pipeline.
  void refuse(const Json& problems);
  void gate(const report::GateVerdict& gate);
  /// A file of the results is there.
  void written(const std::filesystem::path& file);
  /// The last event; nodes that were started and not ended are told before it. `error`: what ended
  /// the run, or "".
  void end(int exit_code, const std::string& error = "");

  void started(const std::string& node) override;
  void progress(const std::string& node, std::uint64_t done, std::uint64_t total,
                const char* unit) override;
  void found(const std::string& node) override;
  void finished(const std::string& node, double seconds, const std::string& detail) override;
  void failed(const std::string& node, const std::string& sentence) override;
  void note(const std::string& sentence) override;

 private:
  struct Running {
    Clock::time_point told{};  ///< its progress
    bool found = false;
  };

  Json event(const char* name) const;
  void write(const Json& event);

  std::vector<LineSink> sinks_;
  std::function<Clock::time_point()> now_;
  Clock::time_point start_;
  std::mutex mutex_;
  std::map<std::string, Running> running_;
  std::set<std::string> notes_;
};

/// Stdout, past what the program says to people.
LineSink stdout_sink();
/// The log in the folder of a run; one that is there is replaced, and whoever reads it keeps it.
/// @throws DataError when it cannot be made.
LineSink log_sink(const std::filesystem::path& folder);

/// Inside the folder of a run.
inline constexpr auto log_file = "log.jsonl";

}  // namespace steppe::cli
