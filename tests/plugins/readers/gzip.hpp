// Files packed with gzip, for tests.
#pragma once

#include <string>
#include <string_view>

#include <zlib.h>

namespace steppe::testing {

inline void write_gzip(const std::string& path, std::string_view bytes) {
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
}

}  // namespace steppe::testing
