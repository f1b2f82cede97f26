#include "framework/plugin/scan.hpp"

#include "framework/plugin/catalogue.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace steppe::plugin {

namespace fs = std::filesystem;

namespace {

using Seconds = std::chrono::duration<double>;
using Load = std::function<void(const fs::path&)>;

/// Quiet, without a core file, and gone when its parent is.
void become_a_trial() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) ::signal(signal, SIG_DFL);
  const int nowhere = ::open("/dev/null", O_RDWR);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nowhere, stream);
}

/// One child and what it says: a byte for each file that it came through.
class Trial {
 public:
  Trial(const std::vector<fs::path>& files, std::size_t first, const Load& load) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) refuse();
    std::fflush(nullptr);  // or the child would write it once more
    process_ = ::fork();
    if (process_ < 0) refuse();
    if (process_ == 0) {
      become_a_trial();
      for (auto i = first; i < files.size(); ++i) {
        load(files[i]);
        if (::write(pipe[1], "+", 1) != 1) break;
      }
      ::_exit(0);
    }
    ::close(pipe[1]);
    said_ = pipe[0];
  }
  ~Trial() { ::close(said_); }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// Whether it came through the next file.
  bool next(Seconds at_most) {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(at_most).count();
    pollfd wait{said_, POLLIN, 0};
    int ready = 0;
    while ((ready = ::poll(&wait, 1, static_cast<int>(milliseconds))) < 0 && errno == EINTR) {
    }
    late_ = ready == 0;
    char byte = 0;
    return ready > 0 && ::read(said_, &byte, 1) == 1;
  }

  /// Of the file it did not come through.
  std::string end(Seconds at_most) {
    if (late_) ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    if (late_)
      return fmt::format("loading it did not end within {:g} s; do no work in its constructors",
                         at_most.count());
    const auto how = how_it_ended(status);
    return fmt::format("{} when it was loaded in a process of its own; build it again",
                       how.empty() ? "it ended the program" : how);
  }

 private:
  [[noreturn]] static void refuse() {
    throw PluginError{
        fmt::format("no process can be started to try plugins in: {}", std::strerror(errno))};
  }

  pid_t process_ = -1;
  int said_ = -1;
  bool late_ = false;
};

/// The same file, if nobody wrote it anew.
std::string key_of(const fs::path& file) {
  std::error_code ignored;
  return fmt::format("{} {}", fs::weakly_canonical(file, ignored).string(),
                     fs::last_write_time(file, ignored).time_since_epoch().count());
}

/// A reason a file, "" of those that can be loaded.
std::vector<std::string> scan_new(const std::vector<fs::path>& files, Seconds at_most_each,
                                  const Load& load) {
  std::vector<std::string> out;
  while (out.size() < files.size()) {
    Trial trial{files, out.size(), load};
    while (out.size() < files.size() && trial.next(at_most_each)) out.emplace_back();
    const auto end = trial.end(at_most_each);
    if (out.size() < files.size()) out.push_back(end);
  }
  return out;
}

}  // namespace

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status))
    return fmt::format("it crashed: SIG{} ({})", ::sigabbrev_np(WTERMSIG(status)),
                       ::strsignal(WTERMSIG(status)));
  return WEXITSTATUS(status) == 0
             ? ""
             : fmt::format("it ended the program with exit code {}", WEXITSTATUS(status));
}

std::map<fs::path, std::string> scan(const std::vector<fs::path>& files, Seconds at_most_each,
                                     const Load& load) {
  static std::map<std::string, std::string> known;
  std::vector<fs::path> unknown;
  std::ranges::copy_if(files, std::back_inserter(unknown),
                       [](const fs::path& file) { return !known.contains(key_of(file)); });
  const auto found = scan_new(unknown, at_most_each, load);
  for (std::size_t i = 0; i < unknown.size(); ++i) known[key_of(unknown[i])] = found[i];
  std::map<fs::path, std::string> out;
  for (const auto& file : files)
    if (const auto& fault = known[key_of(file)]; !fault.empty()) out[file] = fault;
  return out;
}

}  // namespace steppe::plugin
