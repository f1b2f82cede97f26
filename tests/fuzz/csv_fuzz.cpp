// Any bytes are a table or are refused with Error, and cells do not depend on how many bytes are
// read at a time.
#include "plugins/readers/csv_file.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz.hpp"
#include "made_file.hpp"

namespace {

/// What every cell says, and where it stands; the refusal as the last one.
std::vector<std::string> cells(const std::filesystem::path& path, std::size_t piece) {
  std::vector<std::string> out;
  try {
    steppe::csv::File file{path, ',', piece};
    while (file.next())
      for (const auto& cell : file.cells())
        out.push_back(file.place(cell) + steppe::csv::unquoted(cell.text));
  } catch (const steppe::Error& error) {
    out.push_back(error.what());
  }
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const steppe::fuzz::MadeFile file{steppe::fuzz::text(bytes, size)};
  if (cells(file.path(), 3) != cells(file.path(), 1U << 16U)) std::abort();
  return 0;
}
