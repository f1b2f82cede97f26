// File names with '*' and '?', as readers take them, and what is made of them.
#pragma once

#include <steppe/error.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fnmatch.h>
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

/// What a file is called without its folder and endings: "HIGGS" of "data/HIGGS.csv.gz".
inline std::string stem_of(const std::filesystem::path& path) {
  const auto stem = path.stem();
  return (path.extension() == ".gz" ? stem.stem() : stem).string();
}

/// Event ids are made of a file's stem and a row: no two files may share it. @throws Error
inline void require_own_stems(const std::vector<std::filesystem::path>& files) {
  for (std::size_t i = 0; i < files.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (stem_of(files[i]) == stem_of(files[j]))
        throw Error{"'path': '" + files[j].string() + "' and '" + files[i].string() +
                    "' have the same name, and would have the same event ids; rename one"};
}

/// Whether a name is one of the patterns, in which '*' and '?' stand for characters.
inline bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

}  // namespace steppe
