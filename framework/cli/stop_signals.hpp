// Ctrl-C and SIGTERM while a run is at work: the first asks for a stop in good order, the second
// ends the program as if nobody had listened.
//
// A thread waits for them, and no other gets them: no handler ever runs on a thread that computes.
// Kernels made at run time may use the stack pointer for something else, and the frame of a handler
// would be written into whatever it points to.
#pragma once

#include <atomic>
#include <thread>

#include <signal.h>

namespace steppe::cli {

class StopSignals {
 public:
  /// Before other threads are made: they are to leave these signals alone as well.
  StopSignals();
  /// From here on they do what the system does.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  const std::atomic<bool>& asked() const { return asked_; }

 private:
  void wait();

  sigset_t signals_{}, before_{};
  std::atomic<bool> asked_ = false, over_ = false;
  std::thread waiting_;
};

}  // namespace steppe::cli
