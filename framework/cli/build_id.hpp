// The build of the libraries that compute, by their content: part of every key in the store. The
// function is written while Steppe is built (cmake/SteppeBuildId.cmake).
#pragma once

namespace steppe::cli {

/// 32 hexadecimal digits.
const char* build_id();

}  // namespace steppe::cli
