#include "framework/cli/stop_signals.hpp"

#include <ctime>

namespace steppe::cli {

StopSignals::StopSignals() {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGINT);
  ::sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  waiting_ = std::thread{[this] { wait(); }};
}

StopSignals::~StopSignals() {
  over_ = true;
  waiting_.join();
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void StopSignals::wait() {
  constexpr timespec a_moment{0, 50'000'000};
  while (!over_) {
    const int signal = ::sigtimedwait(&signals_, nullptr, &a_moment);
    if (signal < 0) continue;  // none in this moment
    if (!asked_.exchange(true)) continue;
    ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
    ::raise(signal);  // of this thread, which takes it: what the system does comes next
  }
}

}  // namespace steppe::cli
