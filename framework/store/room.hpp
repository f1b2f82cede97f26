// A room of the store: files in the format of objects, each named by its key. What is in it can be
// found, put in, and taken out; whether it may ever change is for who owns the room.
#pragma once

#include "framework/store/key.hpp"
#include "framework/store/object.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace steppe::store {

class Room {
 public:
  /// Folders on one file system: its own, the one for files being written, and the one for files
  /// that were not what was written. `note`: gets sentences about those.
  Room(std::filesystem::path folder, std::filesystem::path temporary, std::filesystem::path damaged,
       std::function<void(const std::string&)> note);

  std::filesystem::path path_of(const Key& key) const;
  bool has(const Key& key) const;
  /// The object, whole; marks it as used. A damaged one is set aside, with a note, and not found.
  /// @throws StoreError when it is there and cannot be read.
  std::optional<Object> find(const Key& key);
  /// Whole or not at all; takes the place of one with this key. @throws StoreError with the
  /// system's reason.
  void put(const Key& key, const Artifact& artifact);
  /// Removes it, if it is there.
  void drop(const Key& key);
  /// Out of the way, to the damaged ones.
  void set_aside(const Key& key);
  /// Every file that is named by a key.
  void each(const std::function<void(const Key&, const std::filesystem::path&)>& work) const;

 private:
  std::filesystem::path folder_, temporary_, damaged_;
  std::function<void(const std::string&)> note_;
};

}  // namespace steppe::store
