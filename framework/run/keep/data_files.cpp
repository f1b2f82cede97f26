#include "framework/run/keep/data_files.hpp"

#include <algorithm>

#include <glob.h>

namespace steppe::run {

namespace fs = std::filesystem;

std::vector<fs::path> data_files(const std::string& path) {
  std::vector<fs::path> out;
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator{path})
      if (entry.is_regular_file()) out.push_back(entry.path());
  } else if (fs::exists(path)) {
    out.emplace_back(path);
  } else {
    glob_t found{};
    if (::glob(path.c_str(), GLOB_NOSORT, nullptr, &found) == 0)
      out.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace steppe::run
