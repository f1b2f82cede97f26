#include "framework/store/store.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

namespace steppe::store {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view version_name = "steppe-store/";
constexpr int version = 1;
constexpr std::array rooms{"objects", "leases", "files", "temporary", "damaged"};
/// A file being written for longer than this was left behind.
constexpr std::chrono::hours forgotten{1};

/// Nothing, or what a process left that was killed while it made the store.
bool is_unmade(const fs::path& folder) {
  return std::ranges::all_of(fs::directory_iterator{folder}, [](const auto& entry) {
    const auto name = entry.path().filename().string();
    return name.starts_with("version.") || std::ranges::find(rooms, name) != rooms.end();
  });
}

/// Every file of the store that is named by a key.
template <class Work>
void each_object(const fs::path& objects, const Work& work) {
  std::error_code ignored;
  for (const auto& shelf : fs::directory_iterator{objects, ignored})
    for (const auto& entry : fs::directory_iterator{shelf.path(), ignored})
      if (const auto key = parse_key(entry.path().filename().string())) work(*key, entry.path());
}

}  // namespace

Store::Store(fs::path folder, std::function<void(const std::string&)> note,
             std::chrono::milliseconds beat)
    : folder_{std::move(folder)},
      note_{std::move(note)},
      leases_{folder_ / "leases", beat},
      contents_{folder_ / "files", folder_ / "temporary"} {
  try {
    open();
  } catch (const fs::filesystem_error& error) {
    throw StoreError{
        fmt::format("store '{}' cannot be used: {}; try another folder with --store, or --no-store",
                    folder_.string(), error.code().message())};
  } catch (const data::DataError& error) {
    throw StoreError{error.what()};
  }
}

void Store::open() {
  if (fs::exists(folder_ / "version")) return check_version();
  fs::create_directories(folder_);
  if (!is_unmade(folder_))
    throw StoreError{
        fmt::format("'{}' is no store: it has other files and no 'version'; try another "
                    "folder with --store",
                    folder_.string())};
  for (const auto* room : rooms) fs::create_directories(folder_ / room);
  data::write_whole(folder_ / "version", fmt::format("{}{}\n", version_name, version));
}

void Store::check_version() const {
  std::ifstream in{folder_ / "version"};
  std::string text;
  std::getline(in, text);
  int found = 0;
  if (text.starts_with(version_name))
    std::from_chars(text.data() + version_name.size(), text.data() + text.size(), found);
  if (found == version) return;
  if (found > version)
    throw StoreError{
        fmt::format("store '{}' has version {}, and this program knows version {}; use a newer "
                    "steppe, or another folder with --store",
                    folder_.string(), found, version)};
  throw StoreError{
      fmt::format("'{}' is no store: its 'version' says '{}'; try another folder with "
                  "--store",
                  folder_.string(), text)};
}

fs::path Store::path_of(const Key& key) const {
  const auto name = key.hex();
  return folder_ / "objects" / name.substr(0, 2) / name;
}

bool Store::has(const Key& key) const {
  std::error_code ignored;
  return fs::exists(path_of(key), ignored);
}

std::optional<Object> Store::find(const Key& key) {
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

void Store::set_aside(const Key& key) {
  std::error_code ignored;
  fs::rename(path_of(key), folder_ / "damaged" / key.hex(), ignored);
}

void Store::put(const Key& key, const Artifact& artifact) {
  const auto path = path_of(key);
  std::error_code failure;
  fs::create_directories(path.parent_path(), failure);
  if (failure)
    throw StoreError{
        fmt::format("'{}' cannot be made: {}", path.parent_path().string(), failure.message())};
  try {
    data::write_whole(path, to_bytes(artifact, key), folder_ / "temporary");
  } catch (const data::DataError& error) {
    throw StoreError{error.what()};
  }
}

/// Without what is in them.
std::vector<Listed> Store::by_use() const {
  std::vector<Listed> out;
  each_object(folder_ / "objects", [&](const Key& key, const fs::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return;
    Listed one{key, static_cast<std::uint64_t>(about.st_size), {}, "", {}};
    one.used += std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::seconds{about.st_mtim.tv_sec} +
        std::chrono::nanoseconds{about.st_mtim.tv_nsec});
    out.push_back(std::move(one));
  });
  std::ranges::sort(out, [](const Listed& a, const Listed& b) {
    return std::pair{b.used, a.key} < std::pair{a.used, b.key};
  });
  return out;
}

std::vector<Listed> Store::list() const {
  auto out = by_use();
  for (auto& one : out) try {
      one.texts = texts_of(path_of(one.key));
      one.kind = one.texts.at(std::string{kind_text});
    } catch (const StoreError&) {  // `verify` says what is wrong
    }
  return out;
}

std::vector<Key> Store::keys() const {
  std::vector<Key> out;
  for (const auto& one : by_use()) out.push_back(one.key);
  return out;
}

std::vector<std::string> Store::verify(std::size_t& seen) const {
  std::vector<std::string> out;
  seen = 0;
  each_object(folder_ / "objects", [&](const Key& key, const fs::path& path) {
    ++seen;
    try {
      Object{path, key};
    } catch (const StoreError& error) {
      out.emplace_back(error.what());
    }
  });
  std::ranges::sort(out);
  return out;
}

Cleared Store::clear(std::uint64_t budget) {
  leases_.clear_dead();
  clear_remains();
  const auto objects = list();
  Cleared out;
  for (const auto& object : objects) out.kept_bytes += object.bytes;
  out.kept = objects.size();
  for (auto object = objects.rbegin(); object != objects.rend(); ++object) {
    if (leases_.taken(object->key)) {
      ++out.leased;
      continue;
    }
    std::error_code failure;
    if (out.kept_bytes <= budget || !fs::remove(path_of(object->key), failure)) continue;
    ++out.removed;
    --out.kept;
    out.removed_bytes += object->bytes;
    out.kept_bytes -= object->bytes;
  }
  return out;
}

void Store::clear_remains() {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder_ / "temporary", ignored})
    if (fs::file_time_type::clock::now() - entry.last_write_time(ignored) > forgotten)
      fs::remove(entry.path(), ignored);
  for (const auto& entry : fs::directory_iterator{folder_ / "damaged", ignored})
    fs::remove(entry.path(), ignored);
}

}  // namespace steppe::store
