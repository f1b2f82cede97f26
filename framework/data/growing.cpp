#include "framework/data/growing.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace steppe::data {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t huge_page = std::size_t{1} << 21;
/// Values that are written at once.
constexpr std::size_t piece = std::size_t{1} << 20;
constexpr auto no_memory = "there is no memory for a data set";

std::size_t whole_pages(std::size_t bytes) {
  return (bytes + huge_page - 1) / huge_page * huge_page;
}

[[noreturn]] void fail(const std::string& what, int reason) {
  throw DataError{fmt::format("{}: {}", what, std::strerror(reason))};
}

[[noreturn]] void fail_in(const fs::path& folder, int reason) {
  fail(fmt::format("a data set too large for memory cannot be written into a file in '{}' "
                   "(try another folder, by --store or by TMPDIR, or more --memory)",
                   folder.string()),
       reason);
}

/// Addresses for `bytes`, from a multiple of the huge page on: pages that move between two such
/// places stay huge.
void* reserve(std::size_t bytes) {
  void* all = ::mmap(nullptr, bytes + huge_page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (all == MAP_FAILED) fail(no_memory, errno);
  auto* const begin = static_cast<char*>(all);
  const auto before = (huge_page - reinterpret_cast<std::uintptr_t>(begin) % huge_page) % huge_page;
  if (before > 0) ::munmap(begin, before);
  if (before < huge_page) ::munmap(begin + before + bytes, huge_page - before);
  return begin + before;
}

/// @returns -1 with errno where the folder takes no files.
int open_nameless(const fs::path& folder) {
#if defined(O_TMPFILE)
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0 || errno == ENOSPC || errno == EACCES || errno == EROFS) return file;
#endif
  auto name = unfinished_in(folder);
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

Growing::~Growing() {
  if (values_) ::munmap(values_, mapped_);
  if (file_ >= 0) ::close(file_);
}

void Growing::swap(Growing& other) noexcept {
  std::swap(values_, other.values_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  std::swap(file_, other.file_);
  std::swap(folder_, other.folder_);
  std::swap(waiting_, other.waiting_);
}

float* Growing::grow(std::size_t count) {
  if (file_ < 0) {
    make_room(size_ + count);
    float* out = values_ + size_;
    size_ += count;
    return out;
  }
  if (waiting_.size() + count > piece) flush();
  waiting_.resize(waiting_.size() + count);
  size_ += count;
  return waiting_.data() + waiting_.size() - count;
}

void Growing::make_room(std::size_t count) {
  const auto bytes = count * sizeof(float);
  if (bytes <= mapped_) return;
  const auto wanted = whole_pages(std::max(bytes, 2 * mapped_));
  void* place = reserve(wanted);
  if (values_ &&
      ::mremap(values_, mapped_, wanted, MREMAP_MAYMOVE | MREMAP_FIXED, place) == MAP_FAILED) {
    const int reason = errno;
    ::munmap(place, wanted);
    fail(no_memory, reason);
  }
  values_ = static_cast<float*>(place);
  mapped_ = wanted;
  // Where there are none, ordinary ones do. A small data set is no reason for one.
  if (wanted > huge_page) ::madvise(place, wanted, MADV_HUGEPAGE);
}

void Growing::move_to_file(const fs::path& folder) {
  folder_ = folder;
  if (!folder.empty()) file_ = open_nameless(folder);
  if (file_ < 0) {
    std::error_code ignored;
    folder_ = fs::temp_directory_path(ignored);
    if (folder_.empty()) folder_ = "/tmp";
    file_ = open_nameless(folder_);
  }
  if (file_ < 0) fail_in(folder_, errno);
  waiting_.reserve(piece);
  if (!values_) return;
  const int reason =
      write_all(file_, {reinterpret_cast<const char*>(values_), size_ * sizeof(float)});
  if (reason != 0) fail_in(folder_, reason);
  ::munmap(std::exchange(values_, nullptr), std::exchange(mapped_, 0));
}

void Growing::flush() {
  const std::string_view bytes{reinterpret_cast<const char*>(waiting_.data()),
                               waiting_.size() * sizeof(float)};
  if (const int reason = write_all(file_, bytes); reason != 0) fail_in(folder_, reason);
  waiting_.clear();
}

void Growing::finish() {
  if (file_ < 0) return;
  flush();
  waiting_ = {};
  if (size_ > 0) {
    const auto bytes = size_ * sizeof(float);
    void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file_, 0);
    if (mapped == MAP_FAILED) fail_in(folder_, errno);
    values_ = static_cast<float*>(mapped);
    mapped_ = bytes;
  }
  ::close(std::exchange(file_, -1));
}

}  // namespace steppe::data
