// Progress for people: one live line on a terminal, plain lines otherwise. Goes to stderr.
#pragma once

#include "framework/run/observer.hpp"

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace steppe::cli {

class Progress final : public run::Observer {
 public:
  /// `nodes`: how many there will be. `live`: stderr is a terminal.
  Progress(std::size_t nodes, bool live);
  ~Progress() override;

  void started(const std::string& node) override;
  void progress(const std::string& node, std::uint64_t done, std::uint64_t total,
                const char* unit) override;
  void finished(const std::string& node, double seconds, const std::string& detail) override;
  void failed(const std::string& node, const std::string& sentence) override;
  void note(const std::string& sentence) override;

  /// All notes, for the record.
  std::vector<std::string> notes() const;
  /// Seconds each finished node took, in the order they finished.
  std::vector<std::pair<std::string, double>> times() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Running {
    Clock::time_point since;
    std::uint64_t done = 0, total = 0;
    std::string unit;
  };

  void line(const std::string& text);
  void draw();
  std::string live_line() const;

  mutable std::mutex mutex_;
  std::size_t nodes_, finished_ = 0;
  bool live_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now(), last_draw_{};
  std::map<std::string, Running> running_;
  std::vector<std::string> notes_;
  std::vector<std::pair<std::string, double>> times_;
};

}  // namespace steppe::cli
