#include "framework/data/files.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>

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

constexpr std::string_view unfinished = ".unfinished.";

/// Writes and syncs; @returns 0 or what went wrong.
int fill(int file, std::string_view bytes) {
  const int reason = write_all(file, bytes);
  return reason != 0 || ::fsync(file) == 0 ? reason : errno;
}

/// A renamed file has its new name after a power cut too. What cannot sync a folder need not.
int sync_folder(const fs::path& folder) {
  const int file =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return errno == EACCES ? 0 : errno;
  const int reason = ::fsync(file) == 0 || errno == EINVAL ? 0 : errno;
  ::close(file);
  return reason;
}

/// Asked piece by piece, for most files differ early.
bool holds(const fs::path& path, std::string_view bytes) {
  std::error_code failure;
  if (fs::file_size(path, failure) != bytes.size() || failure) return false;
  std::ifstream in{path, std::ios::binary};
  std::array<char, std::size_t{1} << 16> piece{};
  while (!bytes.empty()) {
    const auto count = std::min(piece.size(), bytes.size());
    if (!in.read(piece.data(), static_cast<std::streamsize>(count))) return false;
    if (std::string_view{piece.data(), count} != bytes.substr(0, count)) return false;
    bytes.remove_prefix(count);
  }
  return true;
}

}  // namespace

int write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

std::string unfinished_in(const fs::path& folder) {
  return (folder / fmt::format("{}XXXXXX", unfinished)).string();
}

void write_whole(const fs::path& path, std::string_view bytes, const fs::path& by_way_of) {
  auto temporary = unfinished_in(by_way_of.empty() ? path.parent_path() : by_way_of);
  const int file = ::mkstemp(temporary.data());
  if (file < 0) fail(path, errno);
  int reason = fill(file, bytes);
  if (reason == 0 && ::fchmod(file, 0644) != 0) reason = errno;
  if (::close(file) != 0 && reason == 0) reason = errno;
  if (reason == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) reason = errno;
  if (reason == 0) reason = sync_folder(path.parent_path());
  if (reason == 0) return;
  ::unlink(temporary.c_str());
  fail(path, reason);
}

void write_changed(const fs::path& path, std::string_view bytes) {
  if (!holds(path, bytes)) write_whole(path, bytes);
}

void expect_writable(const fs::path& path) {
  std::error_code failure;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), failure);
  if (failure) fail(path, failure.value());
  if (fs::is_directory(path, failure)) fail(path, EISDIR);
  auto temporary = unfinished_in(path.parent_path());
  const int file = ::mkstemp(temporary.data());
  if (file < 0) fail(path, errno);
  ::close(file);
  ::unlink(temporary.c_str());
}

bool is_unfinished(const fs::path& path) {
  return path.filename().string().starts_with(unfinished);
}

void remove_unfinished(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder, ignored})
    if (is_unfinished(entry.path())) fs::remove(entry.path(), ignored);
}

}  // namespace steppe::data
