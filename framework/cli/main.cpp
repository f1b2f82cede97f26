// The program `steppe`: every failure that no command knew how to tell ends here, as one sentence.
#include "framework/cli/commands.hpp"
#include "framework/cli/say.hpp"

#include <exception>

#include <fmt/format.h>

int main(int argc, char** argv) {
  try {
    return steppe::cli::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    steppe::cli::show(stderr, "error: {}\n", error.what());
    return steppe::cli::run_failed;
  }
}
