// What is known of a run from its events so far (docs/events.md).
#pragma once

#include "framework/cli/json.hpp"
#include "framework/store/owner.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steppe::cli {

struct WatchedNode {
  enum class State { waiting, running, done, failed, stopped };

  std::string name, kind;
  State state = State::waiting;
  bool found = false;                 ///< done: it was in the store
  double begin = 0;                   ///< seconds since the start of the run
  double seconds = 0;                 ///< done: it took
  std::string text;                   ///< what was done, or why it failed
  std::uint64_t done = 0, total = 0;  ///< while it runs; `total` 0: not known
  std::string unit;                   ///< of these
  double told = 0;                    ///< when they were true

  /// What it does in a second; 0: not known.
  double rate() const;
};

struct TimeLeft {
  double seconds = 0;
  std::size_t made = 0;     ///< nodes that tell it
  std::size_t running = 0;  ///< nodes that tell how far they are
  bool at_least = false;    ///< of some kinds nothing is known yet
};

class WatchedRun {
 public:
  /// A line of the log. What is no event, such as a torn line, is skipped, and so is an event that
  /// a newer program tells of. @returns the event; nothing when it was skipped.
  std::optional<Json> take(const std::string& line);

  /// The log says what it is.
  bool begun() const { return begun_; }
  /// Who runs it; nothing of a run that was refused.
  const std::optional<store::Owner>& owner() const { return owner_; }
  const std::string& pipeline() const { return pipeline_; }
  const std::string& started() const { return started_; }
  /// In the order of the plan.
  const std::vector<WatchedNode>& nodes() const { return nodes_; }
  std::size_t count(WatchedNode::State state) const;
  std::size_t found() const;
  const std::vector<std::string>& notes() const { return notes_; }
  const std::vector<std::string>& failed_gates() const { return failed_gates_; }
  /// Of the last event, in seconds since the start.
  double time() const { return time_; }
  /// Once it has ended.
  const std::optional<int>& exit_code() const { return exit_code_; }
  const std::string& error() const { return error_; }  ///< what ended it; mostly ""

  /// An estimate at the time `now`: nodes of a kind take as long as those that were made, as many
  /// at once as ever. Nothing where nothing is known.
  std::optional<TimeLeft> left(double now) const;

 private:
  void begin(const Json& event);
  void apply(const std::string& what, const Json& event);
  void apply_to_node(const std::string& what, const Json& event);
  std::map<std::string, double> seconds_by_kind(double now) const;

  bool begun_ = false;
  std::optional<store::Owner> owner_;
  std::string pipeline_, started_, error_;
  std::vector<WatchedNode> nodes_;
  std::map<std::string, std::size_t> index_;  ///< of a node by name
  std::vector<std::string> notes_, failed_gates_;
  double time_ = 0;
  std::size_t most_at_once_ = 1;
  std::optional<int> exit_code_;
};

}  // namespace steppe::cli
