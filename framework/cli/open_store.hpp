// The store that a command is told to use.
#pragma once

#include "framework/cli/commands.hpp"
#include "framework/store/store.hpp"

#include <functional>
#include <memory>
#include <string>

namespace steppe::cli {

/// Null with --no-store. Nobody asked for the default store: where it cannot be used, `note` gets a
/// sentence, and there is none. @throws StoreError when one that was asked for cannot be used.
std::unique_ptr<store::Store> open_store(const KeepingOptions& options,
                                         const std::function<void(const std::string&)>& note);

}  // namespace steppe::cli
