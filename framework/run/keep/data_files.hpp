// Which files a path among the settings of a stage means.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace steppe::run {

/// The file of exactly this name, those in a folder, or those that a pattern covers, sorted; as
/// readers see them. None where there is nothing.
std::vector<std::filesystem::path> data_files(const std::string& path);

}  // namespace steppe::run
