// steppe watch: follows the log of a run, from another terminal or another host.
#include "framework/cli/commands.hpp"
#include "framework/cli/event_stream.hpp"
#include "framework/cli/log_reader.hpp"
#include "framework/cli/say.hpp"
#include "framework/cli/watch_text.hpp"
#include "framework/data/dataset.hpp"
#include "framework/report/escape.hpp"
#include "framework/store/owner.hpp"

#include <chrono>
#include <cstdio>
#include <thread>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds look_again{500};

/// A block of lines that takes the place of the one before.
class Picture {
 public:
  void draw(const std::vector<std::string>& lines) {
    std::string text = drawn_ > 0 ? fmt::format("\033[{}F\033[J", drawn_) : "";
    const auto width = width_of(stdout);
    for (const auto& line : lines)
      text +=
          report::shortened(report::printable(line, report::LineEnds::escape), width - 1) + "\n";
    fmt::print("{}", text);
    std::fflush(stdout);
    drawn_ = lines.size();
  }

  static std::size_t height() {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0;
    return known ? std::max<std::size_t>(size.ws_row, 6) - 1 : 24;
  }

 private:
  std::size_t drawn_ = 0;
};

class Watch {
 public:
  explicit Watch(const WatchOptions& options)
      : options_{options},
        log_{options.run / log_file},
        in_place_{!options.json && !options.once && ::isatty(STDOUT_FILENO) == 1} {}

  int follow() {
    for (;;) {
      // Asked before the log is read: what a process wrote before its end is in there then.
      const bool gone = run_.owner() && store::surely_gone(*run_.owner());
      read();
      if (run_.exit_code() || gone) return end(gone);
      if (options_.once && run_.begun() && store::surely_gone(*run_.owner())) continue;
      if (options_.once) return show_state();
      if (in_place_) picture_.draw(state_lines(run_, now(), Picture::height()));
      std::this_thread::sleep_for(look_again);
    }
  }

 private:
  /// Shows what is new, unless all of it is drawn anyway.
  void read() {
    if (log_.replaced()) run_ = {};
    for (const auto& line : log_.read()) {
      const auto event = run_.take(line);
      if (!run_.begun())
        throw data::DataError{fmt::format("'{}' is not of the format '{}'",
                                          (options_.run / log_file).string(), events_format)};
      if (!event) continue;
      heard_ = Clock::now();
      if (options_.json)
        fmt::print("{}\n", event->dump(-1, ' ', true, Json::error_handler_t::replace));
      else if (!in_place_ && !options_.once)
        if (const auto text = change_line(run_, *event); !text.empty()) say(stdout, text);
    }
    std::fflush(stdout);
  }

  /// By the clock of this host: those of two hosts are not compared.
  double now() const {
    return run_.time() + std::chrono::duration<double>(Clock::now() - heard_).count();
  }

  int show_state() const {
    if (!options_.json)
      for (const auto& line : state_lines(run_, now(), 1000)) say(stdout, line);
    return success;
  }

  int end(bool gone) {
    const bool ended = run_.exit_code().has_value();
    if (in_place_) picture_.draw(state_lines(run_, run_.time(), Picture::height() - 1));
    if (options_.once) show_state();
    const auto line = ended ? verdict_line(run_) : gone_line(run_);
    if (options_.json && gone && !ended)
      say(stderr, "error: {}", line);
    else if (!options_.json)
      say(stdout, line);
    return run_.exit_code().value_or(run_failed);
  }

  const WatchOptions& options_;
  LogReader log_;
  WatchedRun run_;
  Picture picture_;
  bool in_place_;
  Clock::time_point heard_ = Clock::now();
};

}  // namespace

int watch(const WatchOptions& options) { return Watch{options}.follow(); }

}  // namespace steppe::cli
