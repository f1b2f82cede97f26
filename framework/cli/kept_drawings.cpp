#include "framework/cli/kept_drawings.hpp"

#include "framework/run/keep/shelf.hpp"

#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace steppe::cli {

namespace {

using store::Artifact;
using store::Object;

store::Column column(const char* name, const std::string& text) {
  std::vector<std::byte> bytes(text.size());
  std::memcpy(bytes.data(), text.data(), text.size());
  return {name, {bytes.size()}, std::move(bytes)};
}

/// @throws Damaged when there is none of this name.
std::string text_of(const Object& object, const char* name) {
  const auto bytes = object.bytes(name);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
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
    return report::Drawing{text_of(*object, "svg"), text_of(*object, "pdf")};
  } catch (const store::StoreError&) {  // it is drawn again
    return std::nullopt;
  }
}

void KeptDrawings::keep(const std::filesystem::path& program, const std::string& script,
                        const report::Drawing& drawing, const std::string& name) {
  if (!store_) return;
  Artifact out{"figure",
               {{"name", fmt::format("figure '{}'", name)}},
               {column("svg", drawing.svg), column("pdf", drawing.pdf)}};
  try {
    const auto key = key_of(program, script);
    out.texts["made_of"] = run::fields_text(key);
    store_->put(key.key(), out);
  } catch (const store::StoreError&) {  // it is drawn again next time
  }
}

}  // namespace steppe::cli
