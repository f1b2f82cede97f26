#include "framework/cli/progress.hpp"

#include "framework/cli/say.hpp"
#include "framework/cli/short_numbers.hpp"
#include "framework/report/escape.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using Seconds = std::chrono::duration<double>;

}  // namespace

Progress::Progress(std::size_t nodes, bool live) : nodes_{nodes}, live_{live} {}

Progress::~Progress() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
}

void Progress::started(const std::string& node) {
  const std::lock_guard lock{mutex_};
  running_[node].since = Clock::now();
  draw();
}

void Progress::progress(const std::string& node, std::uint64_t done, std::uint64_t total,
                        const char* unit) {
  const std::lock_guard lock{mutex_};
  const auto found = running_.find(node);
  if (found == running_.end()) return;
  found->second.done = done;
  found->second.total = total;
  found->second.unit = unit;
  draw();
}

void Progress::finished(const std::string& node, double seconds, const std::string& detail) {
  const std::lock_guard lock{mutex_};
  running_.erase(node);
  times_.emplace_back(node, seconds);
  line(fmt::format("[{:>{}}/{}] {}: {}  [{:.1f} s]", ++finished_, fmt::formatted_size("{}", nodes_),
                   nodes_, node, detail, seconds));
}

/// Why is told at the end, with all others that failed.
void Progress::failed(const std::string& node, const std::string& /*sentence*/) {
  const std::lock_guard lock{mutex_};
  running_.erase(node);
  line(fmt::format("[{:>{}}/{}] {}: failed", ++finished_, fmt::formatted_size("{}", nodes_), nodes_,
                   node));
}

void Progress::note(const std::string& sentence) {
  const std::lock_guard lock{mutex_};
  if (std::find(notes_.begin(), notes_.end(), sentence) != notes_.end()) return;
  notes_.push_back(sentence);
  line("note: " + sentence);
}

std::vector<std::string> Progress::notes() const {
  const std::lock_guard lock{mutex_};
  return notes_;
}

std::vector<std::pair<std::string, double>> Progress::times() const {
  const std::lock_guard lock{mutex_};
  return times_;
}

void Progress::line(const std::string& text) {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
  say(stderr, text);
  last_draw_ = {};
  draw();
}

void Progress::draw() {
  // Ten times a second is enough for eyes.
  const auto now = Clock::now();
  if (!live_ || running_.empty() || now - last_draw_ < std::chrono::milliseconds{100}) return;
  last_draw_ = now;
  drawn_ = true;
  const auto text = report::printable(live_line(), report::LineEnds::escape);
  fmt::print(stderr, "\r\033[K{}", report::shortened(text, 100));
  std::fflush(stderr);
}

std::string Progress::live_line() const {
  double parts = static_cast<double>(finished_);
  double per_second = 0;
  std::string unit;
  for (const auto& [node, running] : running_) {
    if (running.total > 0)
      parts += static_cast<double>(running.done) / static_cast<double>(running.total);
    const double seconds = Seconds{Clock::now() - running.since}.count();
    if (running.done > 0 && seconds > 0) {
      per_second += static_cast<double>(running.done) / seconds;
      unit = running.unit;
    }
  }
  const double fraction = parts / static_cast<double>(nodes_);
  const double elapsed = Seconds{Clock::now() - start_}.count();
  auto text = fmt::format("[{}/{}] {}", finished_, nodes_, running_.begin()->first);
  if (running_.size() > 1) text += fmt::format(" and {} more", running_.size() - 1);
  if (per_second > 0) text += fmt::format(", {} {}/s", short_rate(per_second), unit);
  if (fraction > 0.02)
    text += fmt::format(", about {} left", short_duration(elapsed * (1 - fraction) / fraction));
  return text;
}

}  // namespace steppe::cli
