// What a run left in its folder.
#pragma once

#include "framework/cli/json.hpp"

#include <filesystem>
#include <string>

namespace steppe::cli {

struct RunFiles {
  std::filesystem::path folder;
  Json results, record;
  std::string results_text;  ///< byte for byte
};

/// `run`: the folder, or a file of these two in it. @throws DataError when one of them cannot be
/// read, or is of another format.
RunFiles read_run(const std::filesystem::path& run);

/// Its record alone.
Json read_record(const std::filesystem::path& folder);

}  // namespace steppe::cli
