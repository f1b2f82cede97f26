// Bytes as a file without a place on the disk, for readers that ask for a path.
#pragma once

#include <filesystem>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace steppe::fuzz {

class MadeFile {
 public:
  explicit MadeFile(const std::string& bytes) : file_{::memfd_create("fuzzed", 0)} {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto written = ::write(file_, bytes.data() + done, bytes.size() - done);
      if (written <= 0) break;
      done += static_cast<std::size_t>(written);
    }
  }
  ~MadeFile() { ::close(file_); }
  MadeFile(const MadeFile&) = delete;
  MadeFile& operator=(const MadeFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace steppe::fuzz
