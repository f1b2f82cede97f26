// Any bytes are a file of weights or are refused with DataError; what was read and written is read
// again as it was.
#include "framework/data/dataset.hpp"
#include "framework/data/tensor_file.hpp"

#include <cstdlib>

#include "fuzz.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  namespace data = steppe::data;
  std::string written;
  try {
    written = data::to_bytes(data::parse_tensor_file(steppe::fuzz::text(bytes, size), "fuzzed"));
  } catch (const data::DataError&) {
    return 0;
  }
  if (data::to_bytes(data::parse_tensor_file(written, "written")) != written) std::abort();
  return 0;
}
