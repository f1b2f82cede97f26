// Shows the files of the named folders to a fuzzer's code once, with whatever compiler: what was
// broken before stays mended.
//
//   <program> <folder>...
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz.hpp"

int main(int count, char** folders) {
  int shown = 0;
  for (int i = 1; i < count; ++i)
    for (const auto& entry : std::filesystem::directory_iterator{folders[i]}) {
      std::printf("%s\n", entry.path().c_str());
      std::fflush(stdout);  // the last line names the file that breaks something
      std::ifstream stream{entry.path(), std::ios::binary};
      const std::vector<char> bytes{std::istreambuf_iterator<char>{stream}, {}};
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
      ++shown;
    }
  return shown > 0 ? 0 : 1;
}
