// Bytes of a file from front to back, unpacked on the way where it is packed with gzip.
#pragma once

#include <steppe/error.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include <zlib.h>

namespace steppe {

class PackedFile {
 public:
  /// @throws Error when the file cannot be opened.
  explicit PackedFile(const std::filesystem::path& path)
      : name_{path.string()}, file_{gzopen(path.c_str(), "rb"), gzclose_r} {
    if (!std::filesystem::exists(path)) throw Error{"there is no file '" + name_ + "'"};
    if (!file_ || std::filesystem::is_directory(path))
      throw Error{"'" + name_ + "' cannot be opened for reading"};
    gzbuffer(file_.get(), 1U << 18U);
  }

  const std::string& name() const { return name_; }

  /// Up to `size` bytes; fewer only at the end of the file. @throws Error when the file is damaged
  /// or ends inside its gzip stream.
  std::size_t read(char* to, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const auto piece = static_cast<unsigned>(std::min(size - done, std::size_t{1} << 30U));
      const int got = gzread(file_.get(), to + done, piece);
      if (got < 0) fail();
      done += static_cast<std::size_t>(got);
      if (static_cast<unsigned>(got) < piece) break;
    }
    // At the end zlib gives what it has, and tells only here that there should be more.
    if (done < size) {
      int code = Z_OK;
      gzerror(file_.get(), &code);
      if (code != Z_OK) fail();
    }
    return done;
  }

 private:
  [[noreturn]] void fail() const {
    int code = Z_OK;
    const std::string reason = gzerror(file_.get(), &code);
    throw Error{code == Z_BUF_ERROR ? "'" + name_ + "' is cut short: its gzip stream does not end"
                                    : "'" + name_ + "' cannot be unpacked (" + reason + ")"};
  }

  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

}  // namespace steppe
