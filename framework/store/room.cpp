#include "framework/store/room.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"

#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace steppe::store {

namespace fs = std::filesystem;

Room::Room(fs::path folder, fs::path temporary, fs::path damaged,
           std::function<void(const std::string&)> note)
    : folder_{std::move(folder)},
      temporary_{std::move(temporary)},
      damaged_{std::move(damaged)},
      note_{std::move(note)} {}

fs::path Room::path_of(const Key& key) const {
  const auto name = key.hex();
  return folder_ / name.substr(0, 2) / name;
}

bool Room::has(const Key& key) const {
  std::error_code ignored;
  return fs::exists(path_of(key), ignored);
}

std::optional<Object> Room::find(const Key& key) {
  if (!has(key)) return std::nullopt;
  const auto path = path_of(key);
  try {
    Object out{path, key};
    // On a store that cannot be written to, nothing is cleared either.
    ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
    return out;
  } catch (const Damaged& error) {
    set_aside(key);
    if (note_) note_(fmt::format("{}; it is set aside", error.what()));
    return std::nullopt;
  } catch (const StoreError&) {
    if (!has(key)) return std::nullopt;  // cleared away this moment
    throw;
  }
}

void Room::put(const Key& key, const Artifact& artifact) {
  const auto path = path_of(key);
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure)
    throw StoreError{
        fmt::format("'{}' cannot be made: {}", path.parent_path().string(), failure.message())};
  try {
    data::write_whole(path, to_bytes(artifact, key), temporary_);
  } catch (const data::DataError& error) {
    throw StoreError{error.what()};
  }
}

void Room::drop(const Key& key) {
  std::error_code ignored;
  fs::remove(path_of(key), ignored);
}

void Room::set_aside(const Key& key) {
  std::error_code ignored;
  fs::rename(path_of(key), damaged_ / key.hex(), ignored);
}

void Room::each(const std::function<void(const Key&, const fs::path&)>& work) const {
  std::error_code ignored;
  for (const auto& shelf : fs::directory_iterator{folder_, ignored})
    for (const auto& entry : fs::directory_iterator{shelf.path(), ignored})
      if (const auto key = parse_key(entry.path().filename().string())) work(*key, entry.path());
}

}  // namespace steppe::store
