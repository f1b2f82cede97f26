#include "framework/store/contents.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"
#include "framework/store/error.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

namespace steppe::store {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t piece = std::size_t{1} << 20;

[[noreturn]] void fail(const fs::path& file, const std::string& reason) {
  throw StoreError{fmt::format("'{}' cannot be read: {}", file.string(), reason)};
}

/// What changes when the file does: "size seconds.nanoseconds device inode".
std::string state_of(const struct stat& about) {
  return fmt::format("{} {}.{:09} {} {}", about.st_size, about.st_mtim.tv_sec,
                     about.st_mtim.tv_nsec, about.st_dev, about.st_ino);
}

Key read_key(const fs::path& path, int file, const std::function<bool()>& stopped,
             std::string& state) {
  const auto free_state = [](XXH3_state_t* hash) { ::XXH3_freeState(hash); };
  const std::unique_ptr<XXH3_state_t, decltype(free_state)> hash{::XXH3_createState(), free_state};
  ::XXH3_128bits_reset(hash.get());
  std::vector<char> buffer(piece);
  struct stat before {
  }, after{};
  if (::fstat(file, &before) != 0) fail(path, std::strerror(errno));
  for (;;) {
    const auto count = ::read(file, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path, std::strerror(errno));
    if (count == 0) break;
    if (stopped && stopped()) throw StoreError{"stopped before anything was made"};
    ::XXH3_128bits_update(hash.get(), buffer.data(), static_cast<std::size_t>(count));
  }
  ::fstat(file, &after);
  state = state_of(before);
  if (state != state_of(after)) fail(path, "it changes meanwhile; run again when it is complete");
  const auto digest = ::XXH3_128bits_digest(hash.get());
  return {digest.high64, digest.low64};
}

/// A change right after the last one may leave the time as it is.
bool is_settled(const struct stat& about) { return std::time(nullptr) - about.st_mtim.tv_sec > 2; }

}  // namespace

Key Contents::of(const fs::path& file) {
  struct stat about {};
  if (::stat(file.c_str(), &about) != 0) fail(file, std::strerror(errno));
  const auto memory =
      folder_.empty() ? fs::path{} : folder_ / key_of(fs::absolute(file).string()).hex();
  if (!memory.empty()) {
    std::ifstream in{memory};
    std::string key, state;
    if (in >> key && in.get() == ' ' && std::getline(in, state) && state == state_of(about))
      if (const auto known = parse_key(key)) return *known;
  }
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (opened < 0) fail(file, std::strerror(errno));
  const std::unique_ptr<const int, void (*)(const int*)> closing{
      &opened, [](const int* descriptor) { ::close(*descriptor); }};
  std::string state;
  const auto key = read_key(file, opened, stopped_, state);
  ++read_;
  if (!memory.empty() && is_settled(about)) try {
      data::write_whole(memory, fmt::format("{} {}\n", key.hex(), state), temporary_);
    } catch (const data::DataError&) {  // it is read again next time
    }
  return key;
}

}  // namespace steppe::store
