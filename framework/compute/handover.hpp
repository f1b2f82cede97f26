// That one thread's work is done before another's begins, told to ThreadSanitizer.
//
// oneTBB sees to that wherever a task starts and wherever it is waited for. Distributions build it
// without the sanitizer, which then takes every value that a task was given, or gave, for a race.
// Between tasks that run side by side nothing is told, so races of theirs are found. In any other
// build this is nothing.
#pragma once

#if defined(__SANITIZE_THREAD__)  // GCC says it so, and Clang has a feature
#define STEPPE_TELLS_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define STEPPE_TELLS_THREAD_SANITIZER
#endif
#endif

#if defined(STEPPE_TELLS_THREAD_SANITIZER)
#include <sanitizer/tsan_interface.h>
#endif

namespace steppe::compute {

/// A place of its own in the sanitizer's books, which keep one for every 8 bytes.
class alignas(8) Handover {
 public:
  /// What this thread did until now is done.
  void give() const {
#if defined(STEPPE_TELLS_THREAD_SANITIZER)
    __tsan_release(address());
#endif
  }
  /// All that was done before `give`, on any thread, comes before what this one does from now on.
  void take() const {
#if defined(STEPPE_TELLS_THREAD_SANITIZER)
    __tsan_acquire(address());
#endif
  }

  /// `give` at the end of a task, and `take` behind a wait, however they are left.
  struct Giver {
    const Handover& place;
    ~Giver() { place.give(); }
  };
  struct Taker {
    const Handover& place;
    ~Taker() { place.take(); }
  };

#if defined(STEPPE_TELLS_THREAD_SANITIZER)
 private:
  void* address() const { return const_cast<Handover*>(this); }
#endif
};

}  // namespace steppe::compute
