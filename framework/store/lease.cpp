#include "framework/store/lease.hpp"

#include "framework/store/error.hpp"
#include "framework/store/owner.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace steppe::store {

namespace fs = std::filesystem;

namespace {

bool same(const timespec& a, const timespec& b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/// nullopt: just made, or gone.
std::optional<Owner> owner_of(const fs::path& lease) {
  std::ifstream in{lease};
  return parse_owner({std::istreambuf_iterator<char>{in}, {}});
}

}  // namespace

Lease::Lease(Lease&& other) noexcept
    : of_{other.of_}, key_{other.key_}, file_{std::exchange(other.file_, -1)} {}

Lease& Lease::operator=(Lease&& other) noexcept {
  std::swap(of_, other.of_);
  std::swap(key_, other.key_);
  std::swap(file_, other.file_);
  return *this;
}

Lease::~Lease() {
  if (file_ >= 0) of_->give_back(key_, file_);
}

Leases::Leases(fs::path folder, std::chrono::milliseconds beat,
               std::function<Clock::time_point()> now)
    : folder_{std::move(folder)}, beat_{beat}, now_{std::move(now)}, beats_{[this] {
        keep_beating();
      }} {}

Leases::~Leases() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_all();
  beats_.join();
}

void Leases::keep_beating() {
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, beat_, [this] { return stopping_; }))
    for (const int file : held_) ::futimens(file, nullptr);
}

void Leases::beat() {
  const std::lock_guard lock{mutex_};
  for (const int file : held_) ::futimens(file, nullptr);
}

std::optional<Lease> Leases::take(const Key& key) {
  if (auto lease = make(key)) return lease;
  if (!overdue(key)) return std::nullopt;
  return make(key);
}

/// By O_EXCL: of several who try, one makes it.
std::optional<Lease> Leases::make(const Key& key) {
  const auto path = this->path(key);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) {
    if (errno == EEXIST) return std::nullopt;
    throw StoreError{
        fmt::format("lease '{}' cannot be made: {}", path.string(), std::strerror(errno))};
  }
  const auto owner = to_text(this_process());
  // On a full disk the lease says nothing of its owner, and lives by its beats alone.
  [[maybe_unused]] const auto written = ::write(file, owner.data(), owner.size());
  const std::lock_guard lock{mutex_};
  held_.insert(file);
  seen_.erase(key);
  return Lease{*this, key, file};
}

/// Looks at somebody else's lease. @returns true when it has been removed.
bool Leases::overdue(const Key& key) {
  const auto path = this->path(key);
  struct stat about {};
  if (::stat(path.c_str(), &about) != 0) return true;  // given back by now
  if (const auto owner = owner_of(path); owner && surely_gone(*owner))
    return remove(key, about.st_ino);
  {
    const std::lock_guard lock{mutex_};
    auto& seen = seen_[key];
    if (seen.file != about.st_ino || !same(seen.touched, about.st_mtim)) {
      seen = {about.st_ino, about.st_mtim, now_()};
      return false;
    }
    if (now_() - seen.since < missed_beats * beat_) return false;
  }
  return remove(key, about.st_ino);
}

/// Another process may have removed it as well, and made its own by now: so the file is moved away
/// first, and put back when it is not the one that was judged.
bool Leases::remove(const Key& key, ino_t file) {
  const auto path = this->path(key);
  const fs::path aside = fmt::format("{}.{}.{}", path.string(), this_process().host, ::getpid());
  if (::rename(path.c_str(), aside.c_str()) != 0) return errno == ENOENT;
  struct stat about {};
  const bool meant = ::stat(aside.c_str(), &about) == 0 && about.st_ino == file;
  if (!meant) [[maybe_unused]]
    const int put_back = ::link(aside.c_str(), path.c_str());
  ::unlink(aside.c_str());
  return meant;
}

bool Leases::taken(const Key& key) const {
  const auto path = this->path(key);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return false;
  const auto owner = owner_of(path);
  return !owner || !surely_gone(*owner);
}

void Leases::clear_dead() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder_, ignored}) {
    struct stat about {};
    const auto key = parse_key(entry.path().filename().string());
    if (!key || ::stat(entry.path().c_str(), &about) != 0) continue;
    if (const auto owner = owner_of(entry.path()); owner && surely_gone(*owner))
      remove(*key, about.st_ino);
  }
}

/// Unless somebody has taken it over meanwhile.
void Leases::give_back(const Key& key, int file) {
  const auto path = this->path(key);
  struct stat ours {
  }, there{};
  if (::fstat(file, &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
      ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
    ::unlink(path.c_str());
  const std::lock_guard lock{mutex_};
  held_.erase(file);
  ::close(file);
}

}  // namespace steppe::store
