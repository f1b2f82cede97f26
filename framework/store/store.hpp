// The store: objects found by what they are made of (docs/store.md).
//
//   version                 "steppe-store/1"
//   objects/ab/ab...        one file an object, named by its key
//   checkpoints/ab/ab...    one file a training that is not done, named by the training's key
//   leases/                 who is at work on what (lease.hpp)
//   files/                  remembered keys of data files (contents.hpp)
//   temporary/              files being written; what is complete is renamed to where it belongs
//   damaged/                objects that were not what was written
//
// Any number of processes and hosts may use one store at once. An object is never changed; a
// checkpoint is replaced by the next one, and goes when its training is an object.
#pragma once

#include "framework/store/contents.hpp"
#include "framework/store/error.hpp"
#include "framework/store/lease.hpp"
#include "framework/store/object.hpp"
#include "framework/store/room.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steppe::store {

/// An object, or a checkpoint, as `list` shows it.
struct Listed {
  Key key;
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::chrono::system_clock::time_point used;  ///< found or written last
  std::string kind;                            ///< "" of one that cannot be read
  std::map<std::string, std::string> texts;
};

struct Cleared {
  std::size_t removed = 0, kept = 0, leased = 0;  ///< files; `leased` are among those kept
  std::uint64_t removed_bytes = 0, kept_bytes = 0;
};

class Store {
 public:
  /// Opens a store, makes one where nothing is. `note`: gets sentences about what was mended.
  /// @throws StoreError when it is no store, of a newer version, or cannot be made.
  explicit Store(std::filesystem::path folder, std::function<void(const std::string&)> note = {},
                 std::chrono::milliseconds beat = std::chrono::seconds{5});

  const std::filesystem::path& folder() const { return folder_; }
  /// For files that nobody else looks at.
  std::filesystem::path temporary() const { return folder_ / "temporary"; }
  // Objects.
  std::filesystem::path path_of(const Key& key) const { return objects_.path_of(key); }
  /// The object, whole; marks it as used. A damaged one is set aside, with a note, and not found.
  /// @throws StoreError when it is there and cannot be read.
  std::optional<Object> find(const Key& key) { return objects_.find(key); }
  bool has(const Key& key) const { return objects_.has(key); }
  /// Whole or not at all; one with this key that is there already is replaced by the same bytes.
  /// @throws StoreError with the system's reason.
  void put(const Key& key, const Artifact& artifact) { objects_.put(key, artifact); }
  /// Out of the way, into `damaged`.
  void set_aside(const Key& key) { objects_.set_aside(key); }

  /// Of trainings that are not done, by the key that the training will have.
  Room& checkpoints() { return checkpoints_; }
  const Room& checkpoints() const { return checkpoints_; }
  Leases& leases() { return leases_; }
  Contents& contents() { return contents_; }

  /// All objects and checkpoints, the one used last first.
  std::vector<Listed> list() const;
  /// Keys of the objects alone, in this order: nothing is read.
  std::vector<Key> keys() const;
  /// Reads all of each of them. @returns a sentence for each that is damaged; `seen` counts them.
  std::vector<std::string> verify(std::size_t& seen) const;
  /// Removes what was used least recently until all together have at most `budget` bytes; never
  /// what is leased. Also what killed processes, and damage, left behind, and checkpoints of
  /// trainings that are done.
  Cleared clear(std::uint64_t budget);

 private:
  void open();
  void check_version() const;
  void list(const Room& room, std::vector<Listed>& to) const;
  void clear_remains();
  void clear_leftovers(Cleared& done);

  std::filesystem::path folder_;
  Room objects_, checkpoints_;
  Leases leases_;
  Contents contents_;
};

}  // namespace steppe::store
