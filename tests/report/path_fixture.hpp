// Where programs are looked for, while a test wants it so.
#pragma once

#include <cstdlib>
#include <string>

namespace steppe::report::testing {

class Path {
 public:
  explicit Path(const std::string& path) : before_{std::getenv("PATH")} {
    ::setenv("PATH", path.c_str(), 1);
  }
  ~Path() { ::setenv("PATH", before_.c_str(), 1); }
  Path(const Path&) = delete;
  Path& operator=(const Path&) = delete;

 private:
  std::string before_;
};

}  // namespace steppe::report::testing
