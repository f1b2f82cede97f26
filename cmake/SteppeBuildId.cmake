# Writes a source that names the build of some libraries: the hash of all that is in them. Archives are
# made without times and paths, so the same sources and compiler give the same name in any folder.
#
#   cmake -DLIBRARIES=<file>;<file> -DOUT=<file.cpp> -P SteppeBuildId.cmake
set(all "")
foreach(library IN LISTS LIBRARIES)
  file(SHA256 ${library} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 all "${all}")
string(SUBSTRING ${all} 0 32 all)
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#include "framework/cli/build_id.hpp"

namespace steppe::cli {

const char* build_id() { return "@all@"; }

}  // namespace steppe::cli
]] @ONLY)
