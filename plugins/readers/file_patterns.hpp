// File names with '*' and '?', as readers take them.
#pragma once

#include <steppe/error.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <glob.h>

namespace steppe {

/// The files that the patterns cover, those of one pattern in the order of their names' bytes, none
/// twice. @throws Error naming a pattern that covers nothing.
inline std::vector<std::filesystem::path> files_of(
    const std::vector<std::filesystem::path>& patterns) {
  std::vector<std::filesystem::path> out;
  for (const auto& pattern : patterns) {
    std::vector<std::string> found;
    // A file of exactly this name is meant, whatever signs the name has.
    if (std::filesystem::exists(pattern)) {
      found.push_back(pattern.string());
    } else {
      glob_t list{};
      if (::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &list) == 0)
        found.assign(list.gl_pathv, list.gl_pathv + list.gl_pathc);
      ::globfree(&list);
      std::sort(found.begin(), found.end());
    }
    if (found.empty()) throw Error{"'path': there is no file '" + pattern.string() + "'"};
    for (const auto& name : found)
      if (std::find(out.begin(), out.end(), name) == out.end()) out.emplace_back(name);
  }
  if (out.empty()) throw Error{"'path' is empty; name at least one file, such as 'data/*.h5'"};
  return out;
}

}  // namespace steppe
