// Where the lines of an event stream go. Each is one write of the system: a process that is killed
// leaves whole lines and at most a torn last one.
#include "framework/cli/event_stream.hpp"
#include "framework/data/dataset.hpp"

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace steppe::cli {

namespace {

class OpenFile {
 public:
  explicit OpenFile(int file) : file_{file} {}
  ~OpenFile() { ::close(file_); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int number() const { return file_; }

 private:
  int file_;
};

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file, bytes.data(), bytes.size());
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno == EAGAIN) {  // a pipe that somebody made non-blocking
      pollfd ready{file, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

LineSink stdout_sink() {
  return [](std::string_view line) { return write_all(STDOUT_FILENO, line); };
}

LineSink log_sink(const std::filesystem::path& folder) {
  const auto path = folder / log_file;
  ::unlink(path.c_str());
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0)
    throw data::DataError{
        fmt::format("'{}' cannot be written: {}", path.string(), std::strerror(errno))};
  const auto open = std::make_shared<OpenFile>(file);
  return [open](std::string_view line) { return write_all(open->number(), line); };
}

}  // namespace steppe::cli
