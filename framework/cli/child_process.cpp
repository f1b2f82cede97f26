#include "framework/cli/child_process.hpp"

#include "framework/plugin/scan.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steppe::cli {

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0)
    throw std::system_error{errno, std::generic_category(), "a pipe cannot be made"};
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  process_ = ::fork();
  if (process_ == 0) {
    // dup2 onto itself would keep the close-on-exec flag.
    if (pipe[1] == channel)
      ::fcntl(channel, F_SETFD, 0);
    else
      ::dup2(pipe[1], channel);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);  // what a plugin prints is not what a check says
    ::execv("/proc/self/exe", argv.data());
    ::_exit(127);
  }
  ::close(pipe[1]);
  lines_ = pipe[0];
  if (process_ < 0)
    throw std::system_error{errno, std::generic_category(), "a process cannot be started"};
}

ChildProcess::~ChildProcess() {
  if (process_ > 0) {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  ::close(lines_);
}

std::optional<std::string> ChildProcess::read_line(std::chrono::duration<double> at_most) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(at_most);
  while (true) {
    if (const auto at = heard_.find('\n'); at != std::string::npos) {
      auto line = heard_.substr(0, at);
      heard_.erase(0, at + 1);
      return line;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{lines_, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(std::min(left, 1L << 30))) : 0;
    if (ready < 0 && errno == EINTR) continue;
    std::array<char, 4096> bytes{};
    const auto count = ready > 0 ? ::read(lines_, bytes.data(), bytes.size()) : 0;
    if (count > 0) {
      heard_.append(bytes.data(), static_cast<std::size_t>(count));
      continue;
    }
    late_ = ready == 0;
    return std::nullopt;
  }
}

std::string ChildProcess::finish() {
  if (late_) ::kill(process_, SIGKILL);
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  if (late_) return "it did not end in time";
  if (!WIFSIGNALED(status)) exit_code_ = WEXITSTATUS(status);
  return plugin::how_it_ended(status);
}

void tell_parent(std::string line) {
  std::ranges::replace(line, '\n', ' ');
  line += '\n';
  for (std::size_t written = 0; written < line.size();) {
    const auto count = ::write(ChildProcess::channel, line.data() + written, line.size() - written);
    if (count <= 0 && errno != EINTR) ::_exit(127);
    written += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
  }
}

}  // namespace steppe::cli
