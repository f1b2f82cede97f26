// The keys of data files: of what is in them, wherever they lie.
#pragma once

#include "framework/store/key.hpp"

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <utility>

namespace steppe::store {

/// Remembers the keys of files by size, time of the last change (ns) and inode, so that a file is
/// read again only when one of them has changed. [any thread]
class Contents {
 public:
  /// `folder`: where keys are remembered, a small file each; `temporary`: beside it. Empty:
  /// nowhere.
  explicit Contents(std::filesystem::path folder = {}, std::filesystem::path temporary = {})
      : folder_{std::move(folder)}, temporary_{std::move(temporary)} {}

  /// Of all bytes of a file. @throws StoreError when it cannot be read, or changes while it is
  /// read.
  Key of(const std::filesystem::path& file);
  /// `asked` while a file is read: where it says so, `of` ends with a StoreError.
  void stop_when(std::function<bool()> asked) { stopped_ = std::move(asked); }
  /// Files that have been read, and not remembered.
  std::size_t read() const { return read_; }

 private:
  std::filesystem::path folder_, temporary_;
  std::function<bool()> stopped_;
  std::atomic<std::size_t> read_ = 0;
};

}  // namespace steppe::store
