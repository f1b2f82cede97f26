// Any bytes are an array in the IDX format or are refused with Error.
#include "plugins/readers/idx_file.hpp"

#include <vector>

#include "fuzz.hpp"
#include "made_file.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::size_t widest = 1U << 16U;
  const steppe::fuzz::MadeFile file{steppe::fuzz::text(bytes, size)};
  try {
    steppe::IdxFile array{file.path()};
    std::vector<float> row;
    if (array.row_size() > widest) return 0;
    for (std::uint64_t i = 0; i < array.rows(); ++i) array.read(1, row);
    array.finish();
  } catch (const steppe::Error&) {
  }
  return 0;
}
