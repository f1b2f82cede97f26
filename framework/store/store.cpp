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
constexpr std::array rooms{"objects", "checkpoints", "leases", "files", "temporary", "damaged"};
/// A file being written for longer than this was left behind.
constexpr std::chrono::hours forgotten{1};

/// Nothing, or what a process has made of a store that it was killed at, or makes just now.
bool is_unmade(const fs::path& folder) {
  return std::ranges::all_of(fs::directory_iterator{folder}, [](const auto& entry) {
    const auto name = entry.path().filename().string();
    return name.starts_with("version") || std::ranges::find(rooms, name) != rooms.end();
  });
}

void sort_by_use(std::vector<Listed>& list) {
  std::ranges::sort(list, [](const Listed& a, const Listed& b) {
    return std::pair{b.used, a.key} < std::pair{a.used, b.key};
  });
}

}  // namespace

Store::Store(fs::path folder, std::function<void(const std::string&)> note,
             std::chrono::milliseconds beat)
    : folder_{std::move(folder)},
      objects_{folder_ / "objects", folder_ / "temporary", folder_ / "damaged", note},
      checkpoints_{folder_ / "checkpoints", folder_ / "temporary", folder_ / "damaged",
                   std::move(note)},
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
  data::write_whole(folder_ / "version", fmt::format("{}{}\n", version_name, version),
                    folder_ / "temporary");
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

std::vector<Listed> Store::list() const {
  std::vector<Listed> out;
  list(objects_, out);
  list(checkpoints_, out);
  sort_by_use(out);
  for (auto& one : out) try {
      one.texts = texts_of(one.path);
      one.kind = one.texts.at(std::string{kind_text});
    } catch (const StoreError&) {  // `verify` says what is wrong
    }
  return out;
}

std::vector<Key> Store::keys() const {
  std::vector<Listed> objects;
  list(objects_, objects);
  sort_by_use(objects);
  std::vector<Key> out;
  for (const auto& one : objects) out.push_back(one.key);
  return out;
}

/// Without what is in them.
void Store::list(const Room& room, std::vector<Listed>& to) const {
  room.each([&](const Key& key, const fs::path& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) return;
    Listed one{key, path, static_cast<std::uint64_t>(about.st_size), {}, "", {}};
    one.used += std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::seconds{about.st_mtim.tv_sec} +
        std::chrono::nanoseconds{about.st_mtim.tv_nsec});
    to.push_back(std::move(one));
  });
}

std::vector<std::string> Store::verify(std::size_t& seen) const {
  std::vector<std::string> out;
  seen = 0;
  const auto look = [&](const Key& key, const fs::path& path) {
    ++seen;
    try {
      Object{path, key};
    } catch (const StoreError& error) {
      out.emplace_back(error.what());
    }
  };
  objects_.each(look);
  checkpoints_.each(look);
  std::ranges::sort(out);
  return out;
}

Cleared Store::clear(std::uint64_t budget) {
  leases_.clear_dead();
  clear_remains();
  Cleared out;
  clear_leftovers(out);
  const auto all = list();
  for (const auto& one : all) out.kept_bytes += one.bytes;
  out.kept = all.size();
  for (auto one = all.rbegin(); one != all.rend(); ++one) {
    if (leases_.taken(one->key)) {
      ++out.leased;
      continue;
    }
    std::error_code failure;
    if (out.kept_bytes <= budget || !fs::remove(one->path, failure)) continue;
    ++out.removed;
    --out.kept;
    out.removed_bytes += one->bytes;
    out.kept_bytes -= one->bytes;
  }
  return out;
}

/// Where a process was killed between keeping its training and dropping the checkpoint.
void Store::clear_leftovers(Cleared& done) {
  std::vector<Listed> checkpoints;
  list(checkpoints_, checkpoints);
  for (const auto& one : checkpoints) {
    std::error_code failure;
    if (!has(one.key) || leases_.taken(one.key) || !fs::remove(one.path, failure)) continue;
    ++done.removed;
    done.removed_bytes += one.bytes;
  }
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
