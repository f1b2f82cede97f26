#include "framework/cli/kept_drawings.hpp"

#include "framework/run/keep/shelf.hpp"

#include <charconv>
#include <cstdint>
#include <cstring>
#include <vector>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using store::Artifact;
using store::Object;

/// Columns hold numbers: eight bytes make one, and a text says how many bytes there are.
void put_bytes(Artifact& into, const std::string& name, const std::string& bytes) {
  std::vector<std::uint64_t> words((bytes.size() + 7) / 8);
  std::memcpy(words.data(), bytes.data(), bytes.size());
  into.texts[name + "_bytes"] = std::to_string(bytes.size());
  into.columns.push_back({name, {words.size()}, std::move(words)});
}

/// @throws Damaged when they are not there.
std::string bytes_of(const Object& object, const std::string& name) {
  const auto words = object.counts(name);
  const auto& text = object.text(name + "_bytes");
  std::size_t size = 0;
  std::from_chars(text.data(), text.data() + text.size(), size);
  if (size > words.size_bytes())
    throw store::Damaged{fmt::format("'{}' is shorter than it says", object.path().string())};
  std::string out(size, '\0');
  std::memcpy(out.data(), words.data(), size);
  return out;
}

}  // namespace

/// The version of a program is what is in its file: asking it would cost a process.
store::KeyMaker KeptDrawings::key_of(const std::filesystem::path& program,
                                     const std::string& script) {
  if (known_ != program) known_key_ = store_->contents().of(program);
  known_ = program;
  store::KeyMaker out{"figure"};
  out.key("gnuplot", known_key_);
  out.key("script", store::key_of(script));
  return out;
}

std::optional<report::Drawing> KeptDrawings::find(const std::filesystem::path& program,
                                                  const std::string& script) {
  if (!store_) return std::nullopt;
  try {
    const auto object = store_->find(key_of(program, script).key());
    if (!object) return std::nullopt;
    return report::Drawing{bytes_of(*object, "svg"), bytes_of(*object, "pdf")};
  } catch (const store::StoreError&) {  // it is drawn again
    return std::nullopt;
  }
}

void KeptDrawings::keep(const std::filesystem::path& program, const std::string& script,
                        const report::Drawing& drawing, const std::string& name) {
  if (!store_) return;
  Artifact out{"figure", {{"name", fmt::format("figure '{}'", name)}}, {}};
  put_bytes(out, "svg", drawing.svg);
  put_bytes(out, "pdf", drawing.pdf);
  try {
    const auto key = key_of(program, script);
    out.texts["made_of"] = run::fields_text(key);
    store_->put(key.key(), out);
  } catch (const store::StoreError&) {  // it is drawn again next time
  }
}

}  // namespace steppe::cli
