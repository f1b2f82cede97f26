// Libraries tried in a child process before they are loaded here: one that is cut off, or whose
// constructors crash, end the program or never return, takes nothing but that child with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace steppe::plugin {

/// Calls `load` for each file in a child process, in their order; one child for all of them, and
/// another one behind each file that ends it. What a library prints there is not seen. What came of
/// a file is remembered until the program ends. @returns the files that cannot be loaded in this
/// process, each with the reason, a finished sentence. [setup] @throws PluginError when there is no
/// process to be had.
std::map<std::filesystem::path, std::string> scan(
    const std::vector<std::filesystem::path>& files, std::chrono::duration<double> at_most_each,
    const std::function<void(const std::filesystem::path&)>& load);

/// From the status of `waitpid`: "" of exit code 0, "it crashed: SIGSEGV (Segmentation fault)".
std::string how_it_ended(int status);

}  // namespace steppe::plugin
