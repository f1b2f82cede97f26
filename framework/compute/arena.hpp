// Host memory for tensors that are used together: side by side, on huge pages.
//
// A step of a small network goes through some forty tensors of a few hundred kB. On pages of 4 kB
// of their own they lie on a thousand of them, of which a processor remembers the addresses of few,
// and anywhere in the memory of the machine, so that some are in each other's way in the second
// cache. Side by side they share a few pages of 2 MiB. A huge page for each would take six times
// the memory.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace steppe::compute {

/// Takes stretches of memory from the system and gives blocks of them. [any thread]
class Arena : public std::enable_shared_from_this<Arena> {
 public:
  static std::shared_ptr<Arena> make() { return std::shared_ptr<Arena>{new Arena}; }
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// A block of `floats`, zero-filled, from a multiple of 256 bytes on; others may have it again
  /// after its last copy, which keeps the arena. Null: there is no memory left.
  std::shared_ptr<float> take(std::size_t floats);
  /// Bytes taken from the system at the moment.
  std::size_t taken() const;

 private:
  struct Stretch {
    std::size_t bytes;
    std::size_t used = 0;  ///< bytes that have ever been given: what follows is as it came, zero
    std::size_t huge = 0;  ///< bytes for which huge pages have been asked
  };
  using Free = std::map<char*, std::size_t>;  ///< bytes by the first of them

  Arena() = default;
  Free::iterator add_stretch(std::size_t bytes);
  std::pair<char* const, Stretch>& stretch_of(char* block);
  /// Neighbours in one stretch.
  bool adjoin(Free::iterator before, Free::iterator behind) const;
  char* give(std::size_t bytes);
  char* find(std::size_t bytes);
  void prepare(char* block, std::size_t bytes);
  void give_back(char* block, std::size_t bytes);

  mutable std::mutex mutex_;
  std::map<char*, Stretch> stretches_;
  Free free_;
};

}  // namespace steppe::compute
