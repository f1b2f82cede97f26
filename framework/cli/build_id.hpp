// What computes in this program: part of every key in the store.
#pragma once

#include "framework/plugin/catalogue.hpp"
#include "framework/run/keep/keys.hpp"

namespace steppe::cli {

/// Names the build of the libraries that compute, by their content: 32 hexadecimal digits. Written
/// while Steppe is built (cmake/SteppeBuildId.cmake).
const char* build_id();

/// Pointers are into the catalogue.
inline run::Computing computing(const plugin::Catalogue& catalogue) {
  run::Computing out{build_id(), {}};
  for (const auto& stage : catalogue.stages())
    if (stage.kind == "layer") out.layers.push_back(&stage);
  return out;
}

}  // namespace steppe::cli
