// What the host offers to a stage while one of its functions runs: messages, progress,
// cancellation, random streams.
#pragma once

#include <steppe/abi.h>
#include <steppe/error.hpp>
#include <steppe/random.hpp>

#include <cstdint>
#include <string>

namespace steppe {

/// Valid during the call it was passed to. [any thread]
class Host {
 public:
  explicit Host(const steppe_host* host) : host_{host} {}

  /// A choice that is legal but odd, or something worth knowing: printed once, kept in the record.
  void note(const std::string& sentence) const { host_->log(host_, STEPPE_NOTE, sentence.c_str()); }
  void warn(const std::string& sentence) const {
    host_->log(host_, STEPPE_WARNING, sentence.c_str());
  }
  /// Work done of a total (0: not known) in a unit such as "rows".
  void progress(std::uint64_t done, std::uint64_t total, const char* unit) const {
    host_->progress(host_, done, total, unit);
  }
  /// Whether the run is being stopped.
  bool cancelled() const { return host_->cancelled(host_) != 0; }
  /// Leaves the stage in good order when the run is being stopped.
  void stop_if_cancelled() const {
    if (cancelled()) throw Error{"stopped", STEPPE_CANCELLED};
  }
  /// Where this stage's random numbers for a purpose start. The key is made from the pipeline's
  /// seed, the trial, the stage's name, the purpose and the epoch, and from nothing else.
  steppe_random random(const char* purpose, std::uint64_t epoch = 0) const {
    return host_->random(host_, purpose, epoch);
  }
  const steppe_host* raw() const { return host_; }

 private:
  const steppe_host* host_;
};

}  // namespace steppe
