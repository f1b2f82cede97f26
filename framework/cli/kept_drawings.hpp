// Figures in the store, kind "figure": found by the program that drew them and by its script, which
// has all numbers in it.
#pragma once

#include "framework/report/drawings.hpp"
#include "framework/store/store.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace steppe::cli {

class KeptDrawings final : public report::Drawings {
 public:
  /// `store` may be null: nothing is found and nothing kept. It outlives this object.
  explicit KeptDrawings(store::Store* store) : store_{store} {}

  std::optional<report::Drawing> find(const std::filesystem::path& program,
                                      const std::string& script) override;
  void keep(const std::filesystem::path& program, const std::string& script,
            const report::Drawing& drawing, const std::string& name) override;

 private:
  store::KeyMaker key_of(const std::filesystem::path& program, const std::string& script);

  store::Store* store_;
  std::filesystem::path known_;  ///< a program
  store::Key known_key_;         ///< of its content
};

}  // namespace steppe::cli
