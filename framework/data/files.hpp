// Files that are either there whole or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace steppe::data {

/// Writes beside `path` under another name, syncs, renames, syncs the folder. `by_way_of`: a folder
/// on the same file system for the file of the other name. @throws DataError naming the path and
/// the system's reason; then `path` is what it was, or whole.
void write_whole(const std::filesystem::path& path, std::string_view bytes,
                 const std::filesystem::path& by_way_of = {});

/// The same for what is often as it was: a file that has these bytes is left alone, for writing it
/// again costs two syncs. @throws DataError as `write_whole`.
void write_changed(const std::filesystem::path& path, std::string_view bytes);

/// Asked before long work whose result is written there: makes the folder of `path` where it is not
/// there, and a file beside `path` that goes at once. @throws DataError as `write_whole`, or where
/// `path` is a folder.
void expect_writable(const std::filesystem::path& path);

/// Writes all of it to an open file. @returns 0, or what went wrong.
int write_all(int file, std::string_view bytes);

/// For mkstemp: the name of a file in `folder` that is being written.
std::string unfinished_in(const std::filesystem::path& folder);
/// Whether a file is what a killed process was writing, by its name: ".unfinished." and six signs.
bool is_unfinished(const std::filesystem::path& path);
/// Removes such files. Whoever is writing into this folder just now fails.
void remove_unfinished(const std::filesystem::path& folder);

}  // namespace steppe::data
