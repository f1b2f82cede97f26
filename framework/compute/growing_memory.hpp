// Memory for passing use that is there again the next time.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace steppe::compute {

/// Starts empty; on pages of its own.
class GrowingMemory {
 public:
  /// Room for `bytes`. What was in it is lost when it grows.
  void* at_least(std::size_t bytes) {
    if (bytes > bytes_) {
      constexpr std::size_t page = 4096;
      bytes_ = (bytes + page - 1) / page * page;
      memory_.reset(std::aligned_alloc(page, bytes_));
      if (!memory_) throw std::bad_alloc{};
    }
    return memory_.get();
  }

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::size_t bytes_ = 0;
  std::unique_ptr<void, Free> memory_;
};

}  // namespace steppe::compute
