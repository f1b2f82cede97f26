// Identifiers of libhdf5 that close themselves, and its lock.
//
// Debian's libhdf5 has locks of its own. One built without them is still called by one thread of a
// plugin at a time; readers of different plugins must then not run side by side (--threads 1).
#pragma once

#include <mutex>
#include <utility>

#include <hdf5.h>

namespace steppe::hdf5 {

inline std::recursive_mutex& library_lock() {
  static std::recursive_mutex lock;
  return lock;
}

/// An HDF5 identifier with the function that closes it.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_{id}, close_{close} {}
  Handle(Handle&& other) noexcept : id_{std::exchange(other.id_, -1)}, close_{other.close_} {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  ~Handle() {
    const std::lock_guard lock{library_lock()};
    if (id_ >= 0) close_(id_);
  }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

}  // namespace steppe::hdf5
