// A process of its own, for work that may crash or hang: this program again, told on its command
// line what to do, and heard line by line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace steppe::cli {

class ChildProcess {
 public:
  /// File descriptor at which the child writes its lines.
  static constexpr int channel = 3;

  /// Starts this program with these arguments. @throws std::system_error.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  /// Kills it if it is still there.
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// The next line without its end; nothing at the end of the process, or of the time.
  std::optional<std::string> read_line(std::chrono::duration<double> at_most);
  /// Kills it if time is over; waits for it. @returns "" where it ended well, or how it ended:
  /// "it crashed: SIGSEGV (Segmentation fault)".
  std::string finish();
  /// Whether it was killed because time was over; after `finish`.
  bool late() const { return late_; }
  /// 0 ... 255; after `finish`, of a process that was not killed.
  int exit_code() const { return exit_code_; }

 private:
  pid_t process_ = -1;
  int lines_ = -1;
  std::string heard_;
  bool late_ = false;
  int exit_code_ = 0;
};

/// Of the child: writes one line. A line holds no line ends: they become spaces.
void tell_parent(std::string line);

}  // namespace steppe::cli
