// The program `steppe`: every failure that no command knew how to tell ends here, as one sentence.
#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"

#include <exception>

#include <fmt/format.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

/// Rows pass in buffers of some megabytes. Left to itself the allocator gives each back to the
/// system, which fills the pages of the next one with zeros: a fifth of the time of reading jets.
void keep_buffers() {
#if defined(__GLIBC__)
  constexpr int megabyte = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, 32 * megabyte);
  ::mallopt(M_TRIM_THRESHOLD, 64 * megabyte);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  keep_buffers();
  try {
    return steppe::cli::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    steppe::cli::show(stderr, "error: {}\n", error.what());
    return steppe::cli::run_failed;
  }
}
