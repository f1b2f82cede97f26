// Values that grow while a data set is read, and are looked at when all are there.
//
// In memory they are never copied to grow: their pages are, by the system, moved to where there is
// more room, which costs no second copy of them. From 2 MiB on the system is asked for huge pages:
// a batch is gathered from rows anywhere, and with pages of 4 kB each row would need addresses the
// processor has forgotten.
//
// In a file they are written piece by piece and mapped in the end: pages that nobody looks at are
// the system's to drop and read again. The file never has a name where the file system can do that,
// and loses it at once elsewhere, so nothing is left of a process that is killed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

namespace steppe::data {

/// Where the values of a data set lie.
struct Keeping {
  /// Bytes that may be in memory; a larger data set lies in a file.
  std::uint64_t in_memory = std::numeric_limits<std::uint64_t>::max();
  /// Of that file; empty, or where none can be made: the system's for temporary files ($TMPDIR).
  std::filesystem::path folder = {};
};

class Growing {
 public:
  Growing() = default;
  ~Growing();
  Growing(Growing&& other) noexcept { swap(other); }
  Growing& operator=(Growing&& other) noexcept {
    swap(other);
    return *this;
  }

  /// Room for `count` more, all zero, to be filled in until the next call of anything.
  /// @throws DataError when there is no memory, or no room in the file.
  float* grow(std::size_t count);
  /// From now on they lie in a file. @throws DataError with the folder and the system's reason.
  void move_to_file(const std::filesystem::path& folder);
  /// There are no more.
  void finish();

  std::size_t size() const { return size_; }
  /// @pre in memory, or finished.
  const float* data() const { return values_; }

 private:
  void swap(Growing& other) noexcept;
  void make_room(std::size_t count);
  void flush();

  float* values_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_ = 0;  ///< bytes at `values_`
  int file_ = -1;
  std::filesystem::path folder_;
  std::vector<float> waiting_;  ///< to be written to the file
};

}  // namespace steppe::data
