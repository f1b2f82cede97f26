// Leases: who is at work on what, so that several processes and hosts share the work of one store.
//
// A lease is a file that only one process can make. Its owner touches it at every beat; whoever
// wants the same waits, and takes it over when three beats were missed by its own clock, or at once
// when the owner is surely gone. Clocks of different hosts are never compared. Where two work on
// one thing after all, both make the same bytes: leases save work, they do not guard anything.
#pragma once

#include "framework/store/key.hpp"

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <sys/types.h>

namespace steppe::store {

class Leases;

/// Given back at the end of its life.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

 private:
  friend class Leases;
  Lease(Leases& of, const Key& key, int file) : of_{&of}, key_{key}, file_{file} {}

  Leases* of_;
  Key key_;
  int file_;  ///< -1: given back
};

class Leases {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr int missed_beats = 3;

  /// `now`: for tests. [any thread]
  Leases(std::filesystem::path folder, std::chrono::milliseconds beat,
         std::function<Clock::time_point()> now = Clock::now);
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  /// nullopt: somebody else works on it. Asking again notices missed beats. A lease
  /// ends before this object. @throws StoreError when no lease can be made here at all.
  std::optional<Lease> take(const Key& key);
  /// Whether somebody may be at work on it, this process included.
  bool taken(const Key& key) const;
  /// Removes those whose owners are surely gone.
  void clear_dead();
  /// Touches every lease held; a thread does so at every beat.
  void beat();

 private:
  friend class Lease;

  /// A lease of somebody else as it was seen first, and when.
  struct Seen {
    ino_t file = 0;
    timespec touched{};
    Clock::time_point since;
  };

  std::filesystem::path path(const Key& key) const { return folder_ / key.hex(); }
  std::optional<Lease> make(const Key& key);
  bool overdue(const Key& key);
  bool remove(const Key& key, ino_t file);
  void give_back(const Key& key, int file);
  void keep_beating();

  std::filesystem::path folder_;
  std::chrono::milliseconds beat_;
  std::function<Clock::time_point()> now_;
  std::mutex mutex_;
  std::map<Key, Seen> seen_;
  std::set<int> held_;  ///< open files
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread beats_;
};

}  // namespace steppe::store
