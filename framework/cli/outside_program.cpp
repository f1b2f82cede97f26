#include "framework/cli/outside_program.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

using Clock = std::chrono::steady_clock;

/// @returns the process, whose stdout is `to`; -1 where it cannot be started.
pid_t start(std::vector<std::string>& command, int to) {
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, to, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> arguments;
  for (auto& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const int failure =
      ::posix_spawnp(&child, arguments.front(), &files, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&files);
  return failure == 0 ? child : -1;
}

/// All that comes until the other end closes; nothing when that is too late.
std::optional<std::string> read_all(int from, Clock::time_point end) {
  std::string out;
  std::array<char, 4096> bytes{};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd wait{from, POLLIN, 0};
    const int ready = left > 0 ? ::poll(&wait, 1, static_cast<int>(left)) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return std::nullopt;
    const auto count = ::read(from, bytes.data(), bytes.size());
    if (count < 0) return std::nullopt;
    if (count == 0) return out;
    out.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::optional<std::string> output_of(std::vector<std::string> command,
                                     std::chrono::duration<double> at_most) {
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(at_most);
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return std::nullopt;
  const auto child = start(command, pipe[1]);
  ::close(pipe[1]);
  auto out = child < 0 ? std::nullopt : read_all(pipe[0], end);
  ::close(pipe[0]);
  if (child < 0) return std::nullopt;
  if (!out) ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return well ? out : std::nullopt;
}

}  // namespace steppe::cli
