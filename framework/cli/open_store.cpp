#include "framework/cli/open_store.hpp"

#include <fmt/format.h>

namespace steppe::cli {

std::unique_ptr<store::Store> open_store(const KeepingOptions& options,
                                         const std::function<void(const std::string&)>& note) {
  if (options.no_store) return nullptr;
  if (!options.store.empty()) return std::make_unique<store::Store>(options.store, note);
  try {
    return std::make_unique<store::Store>(default_store, note);
  } catch (const store::StoreError& error) {
    note(fmt::format("{}; nothing is kept", error.what()));
    return nullptr;
  }
}

}  // namespace steppe::cli
