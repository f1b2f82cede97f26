// Who may start: as much as fits into a limit of memory side by side, and always one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace steppe::run {

/// Not shared between threads.
class Admission {
 public:
  /// `most`: tasks side by side. `limit`: bytes; 0: none.
  Admission(std::size_t most, std::uint64_t limit) : most_{most}, limit_{limit} {}

  /// Counts a task in. @returns false where it has to wait.
  bool admit(std::uint64_t bytes) {
    if (at_work_ == most_) return false;
    if (limit_ > 0 && at_work_ > 0 && (used_ > limit_ || bytes > limit_ - used_)) return false;
    ++at_work_;
    used_ += bytes;
    return true;
  }
  /// Its work is done, and `kept` of it stays.
  void finish(std::uint64_t bytes, std::uint64_t kept) {
    --at_work_;
    used_ += kept;
    used_ -= bytes;
  }
  void release(std::uint64_t kept) { used_ -= kept; }

  bool full() const { return at_work_ == most_; }
  std::uint64_t used() const { return used_; }

 private:
  std::size_t most_, at_work_ = 0;
  std::uint64_t limit_, used_ = 0;
};

}  // namespace steppe::run
