// steppe store: what was computed and kept, looked at, checked, cleared away, copied out.
#include "framework/store/store.hpp"

#include "framework/cli/commands.hpp"
#include "framework/cli/json.hpp"
#include "framework/cli/say.hpp"
#include "framework/data/files.hpp"
#include "framework/run/memory.hpp"
#include "framework/run/weights/weights_file.hpp"

#include <algorithm>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace steppe::cli {

namespace {

namespace fs = std::filesystem;
using run::amount;
using store::Listed;
using store::Store;
using store::StoreError;

std::string moment(const Listed& object) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(object.used)));
}

/// What the object was first made for, "fit (attack=none, trial=0)".
std::string name_of(const Listed& object) {
  const auto found = object.texts.find("name");
  return found == object.texts.end() ? "" : found->second;
}

int list(const Store& from, bool json) {
  const auto objects = from.list();
  std::uint64_t bytes = 0;
  auto lines = Json::array();
  for (const auto& object : objects) {
    bytes += object.bytes;
    const auto kind = object.kind.empty() ? "damaged" : object.kind;
    if (json)
      lines.push_back({{"key", object.key.hex()},
                       {"kind", kind},
                       {"bytes", object.bytes},
                       {"used", moment(object)},
                       {"name", name_of(object)}});
    else
      show(stdout, "{}  {:12}  {:>9}  {}  {}\n", object.key.hex(), kind, amount(object.bytes),
           moment(object), name_of(object));
  }
  if (json)
    print({{"store", from.folder().string()}, {"bytes", bytes}, {"objects", lines}});
  else
    show(stdout, "{} object{}, {}, in '{}'\n", objects.size(), objects.size() == 1 ? "" : "s",
         amount(bytes), from.folder().string());
  return success;
}

int verify(const Store& from, bool json) {
  std::size_t seen = 0;
  const auto damaged = from.verify(seen);
  if (json) {
    print({{"objects", seen}, {"damaged", damaged}});
  } else {
    for (const auto& sentence : damaged) show(stdout, "{}\n", sentence);
    show(stdout, "{} of {} objects are damaged{}\n", damaged.size(), seen,
         damaged.empty() ? "" : "; the next run that needs them makes them again");
  }
  return damaged.empty() ? success : run_failed;
}

int clear(Store& from, std::uint64_t size, bool json) {
  const auto done = from.clear(size);
  if (json)
    print({{"removed", done.removed},
           {"removed_bytes", done.removed_bytes},
           {"kept", done.kept},
           {"kept_bytes", done.kept_bytes},
           {"leased", done.leased}});
  else
    show(stdout, "removed {} objects ({}), kept {} ({}), of them {} that somebody works on\n",
         done.removed, amount(done.removed_bytes), done.kept, amount(done.kept_bytes), done.leased);
  return success;
}

/// Whole, with a right checksum.
void copy(Store& from, const Listed& object, const fs::path& to) {
  if (!from.find(object.key))
    throw StoreError{fmt::format("object {} is damaged; run its pipeline again to make it anew",
                                 object.key.hex())};
  const store::MappedFile file{from.path_of(object.key)};
  data::write_whole(to, file.bytes());
}

/// "fit.attack=none.trial=0.5d2f...": several studies may have trainings of the same name.
fs::path weights_name(const Store& from, const Listed& object) {
  fs::path out = run::weights_file_name(run::read_origin(from.path_of(object.key)));
  return out.replace_extension(object.key.hex().substr(0, 8) + ".safetensors");
}

int copy_out(Store& from, const StoreOptions& options) {
  auto objects = from.list();
  std::erase_if(objects, [&](const Listed& object) {
    if (options.key.empty()) return object.kind != "training";
    return object.kind == "checkpoint" || !object.key.hex().starts_with(options.key);
  });
  if (!options.key.empty() && objects.size() != 1)
    throw StoreError{
        fmt::format("{} objects have a key that begins with '{}'; 'steppe store list' "
                    "shows those there are",
                    objects.size(), options.key)};
  auto files = Json::array();
  for (const auto& object : objects) {
    auto to = options.out;
    if (options.key.empty()) {
      fs::create_directories(options.out);
      to /= weights_name(from, object);
    }
    copy(from, object, to);
    files.push_back(to.string());
    if (!options.json) show(stdout, "{}\n", to.string());
  }
  if (options.json) print({{"files", files}});
  return success;
}

int refuse(const char* sentence) {
  say(stderr, "{}", sentence);
  return bad_input;
}

}  // namespace

int use_store(const StoreOptions& options) {
  if (options.action == "gc" && !options.size)
    return refuse("'steppe store gc' needs the size to keep: --size 10GB");
  if (options.action == "export" && options.out.empty())
    return refuse("'steppe store export' needs a place: --out FILE with a key, --out DIR without");
  if (!fs::exists(options.store)) {
    say(stderr, "there is no store '{}'; --store names another", options.store.string());
    return bad_input;
  }
  Store opened{options.store,
               [](const std::string& sentence) { say(stderr, "note: {}", sentence); }};
  if (options.action == "list") return list(opened, options.json);
  if (options.action == "verify") return verify(opened, options.json);
  if (options.action == "gc") return clear(opened, *options.size, options.json);
  return copy_out(opened, options);
}

}  // namespace steppe::cli
