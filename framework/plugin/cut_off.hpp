// Libraries that are shorter than they say.
#pragma once

#include <filesystem>

namespace steppe::plugin {

/// Whether a file begins as a library and ends before what its header promises is over: the loader
/// would map all of it, and touching what is not there ends the program with SIGBUS.
bool is_cut_off(const std::filesystem::path& library);

}  // namespace steppe::plugin
