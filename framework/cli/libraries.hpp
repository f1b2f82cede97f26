// The libraries Steppe is made of, and what is missing without those that may be left out.
#pragma once

#include "framework/cli/json.hpp"

#include <string>
#include <vector>

namespace steppe::cli {

struct Library {
  std::string name;
  std::string version;  ///< "": was not there when this program was built
  bool needed = true;
  std::string package;  ///< of Debian
  std::string use;      ///< "the reader 'npz'"
};

/// Those needed first.
std::vector<Library> libraries();

/// Program, plugin interface and libraries, a line each.
std::string version_text();
Json version_json();

/// A program on the PATH and the first line it says about its version.
struct OutsideProgram {
  std::string name, package, use;
  bool found = false;
  std::string version;
};
OutsideProgram gnuplot();

}  // namespace steppe::cli
