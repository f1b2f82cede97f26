// File names with '*' and '?', as readers take them.
#pragma once

#include <glob.h>
#include <steppe/error.hpp>

#include <filesystem>
#include <vector>

namespace steppe {

/// The files that the patterns cover, each pattern's sorted. @throws Error naming a pattern that
/// covers nothing.
inline std::vector<std::filesystem::path> files_of(
    const std::vector<std::filesystem::path>& patterns) {
  std::vector<std::filesystem::path> out;
  for (const auto& pattern : patterns) {
    glob_t found{};
    const int status = ::glob(pattern.c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; i < found.gl_pathc; ++i) out.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (status != 0) throw Error{"'path': no file is called '" + pattern.string() + "'"};
  }
  if (out.empty()) throw Error{"'path': no files are named"};
  return out;
}

}  // namespace steppe
