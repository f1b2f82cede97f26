#include "framework/data/files.hpp"

#include "framework/data/dataset.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steppe::data {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, int reason) {
  throw DataError{fmt::format("'{}' cannot be written: {}", path.string(), std::strerror(reason))};
}

/// Writes and syncs; @returns 0 or what went wrong.
int fill(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(file) == 0 ? 0 : errno;
}

}  // namespace

void write_whole(const fs::path& path, std::string_view bytes) {
  std::string temporary = path.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) fail(path, errno);
  int reason = fill(file, bytes);
  if (reason == 0 && ::fchmod(file, 0644) != 0) reason = errno;
  if (::close(file) != 0 && reason == 0) reason = errno;
  if (reason == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) reason = errno;
  if (reason == 0) return;
  ::unlink(temporary.c_str());
  fail(path, reason);
}

}  // namespace steppe::data
