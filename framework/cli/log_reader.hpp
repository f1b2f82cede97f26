// A log that grows while it is read, in this process's own pace: asked again and again, which works
// on folders of other hosts too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace steppe::cli {

class LogReader {
 public:
  /// @throws DataError when there is no such file.
  explicit LogReader(std::filesystem::path path);
  ~LogReader();
  LogReader(const LogReader&) = delete;
  LogReader& operator=(const LogReader&) = delete;

  /// The whole lines that are new, without their ends. One that has no end yet waits for it.
  std::vector<std::string> read();
  /// Whether another file has taken its place; then that one is read, from its beginning.
  bool replaced();

 private:
  std::filesystem::path path_;
  int file_;
  std::string rest_;  ///< of a line
};

}  // namespace steppe::cli
