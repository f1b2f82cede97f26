#include "framework/cli/log_reader.hpp"

#include "framework/data/dataset.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steppe::cli {

LogReader::LogReader(std::filesystem::path path)
    : path_{std::move(path)}, file_{::open(path_.c_str(), O_RDONLY | O_CLOEXEC)} {
  if (file_ < 0)
    throw data::DataError{
        fmt::format("'{}' cannot be opened: {}; give the folder of a run that has begun",
                    path_.string(), std::strerror(errno))};
}

LogReader::~LogReader() { ::close(file_); }

std::vector<std::string> LogReader::read() {
  std::array<char, 1 << 16> piece{};
  for (;;) {
    const auto count = ::read(file_, piece.data(), piece.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;  // a network folder that is away for a moment is asked again
    rest_.append(piece.data(), static_cast<std::size_t>(count));
  }
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
    out.push_back(rest_.substr(begin, end - begin));
    begin = end + 1;
  }
  rest_.erase(0, begin);
  return out;
}

/// While this one is open no other file gets its number.
bool LogReader::replaced() {
  struct stat here {
  }, there{};
  if (::fstat(file_, &here) != 0 || ::stat(path_.c_str(), &there) != 0) return false;
  if (here.st_ino == there.st_ino && here.st_dev == there.st_dev) return false;
  const int next = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (next < 0) return false;
  ::close(std::exchange(file_, next));
  rest_.clear();
  return true;
}

}  // namespace steppe::cli
