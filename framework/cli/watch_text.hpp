// How a run that is watched looks on a terminal.
#pragma once

#include "framework/cli/json.hpp"
#include "framework/cli/watched_run.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::cli {

/// How things are at `now` (seconds since the start of the run): the count of nodes, those that
/// run, what failed, the last notes, the time that is left; at most `lines` lines (at least 4).
std::vector<std::string> state_lines(const WatchedRun& run, double now, std::size_t lines);

/// What an event changed, as a line; "" of one that is not worth a line, such as progress.
std::string change_line(const WatchedRun& run, const Json& event);

/// How it ended: "ended after 12s: everything ran, all gates hold".
std::string verdict_line(const WatchedRun& run);

/// Of a process that is no more.
std::string gone_line(const WatchedRun& run);

}  // namespace steppe::cli
