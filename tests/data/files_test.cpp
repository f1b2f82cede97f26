// Files that are written only where they change.
#include "framework/data/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace {

using namespace steppe;
namespace fs = std::filesystem;

/// A file that is written anew gets another number.
ino_t number_of(const fs::path& path) {
  struct stat about {};
  ::stat(path.c_str(), &about);
  return about.st_ino;
}

fs::path new_folder() {
  auto name = testing::TempDir() + "files.XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  return name;
}

std::string content(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(WriteChanged, LeavesAFileThatHasTheseBytesAlone) {
  const auto path = new_folder() / "file";
  const std::string bytes(200000, 'a');
  data::write_whole(path, bytes);
  const auto before = number_of(path);
  data::write_changed(path, bytes);
  EXPECT_EQ(number_of(path), before);
}

TEST(WriteChanged, WritesWhatDiffersInItsLastByteOrItsLength) {
  const auto path = new_folder() / "file";
  std::string bytes(200000, 'a');
  data::write_changed(path, bytes);
  EXPECT_EQ(content(path), bytes) << "it was not there";
  bytes.back() = 'b';
  data::write_changed(path, bytes);
  EXPECT_EQ(content(path), bytes);
  bytes += 'c';
  data::write_changed(path, bytes);
  EXPECT_EQ(content(path), bytes);
}

}  // namespace
