// Libraries that do harm as soon as they are loaded: ON_LOAD says what.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

namespace {

[[maybe_unused]] void abort_it() { std::abort(); }
[[maybe_unused]] void crash_it() { std::raise(SIGSEGV); }
// Not std::exit, in which ThreadSanitizer crashes after a fork.
[[maybe_unused]] void end_it() { std::_Exit(3); }
[[maybe_unused]] void hold_it() {
  while (true) std::this_thread::sleep_for(std::chrono::seconds{1});
}

const bool loaded = [] {
  ON_LOAD();
  return true;
}();

}  // namespace
