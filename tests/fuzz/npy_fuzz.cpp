// Any bytes are an array of NumPy or are refused with Error.
#include "plugins/readers/npy_file.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::size_t widest = 1U << 16U;
  std::size_t at = 0;
  const auto give = [&](char* to, std::size_t wanted) {
    const auto given = std::min(wanted, size - at);
    if (given > 0) std::memcpy(to, bytes + at, given);
    at += given;
    return given;
  };
  try {
    steppe::npy::Array array{"fuzzed", give};
    std::vector<float> row;
    if (array.row_size() > widest) return 0;
    for (std::uint64_t i = 0; i < array.rows(); ++i) array.read(1, row);
    array.finish();
  } catch (const steppe::Error&) {
  }
  return 0;
}
