// Keys of data files: of their bytes, remembered until the file changes.
#include "framework/store/contents.hpp"

#include <ctime>

#include "store_fixture.hpp"
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

namespace steppe::store {
namespace {

using testing::write;

class ContentsTest : public testing::Folder {
 protected:
  ContentsTest() {
    std::filesystem::create_directory(memory_);
    std::filesystem::create_directory(temporary_);
  }
  /// A file that was changed so many seconds ago.
  void make(const std::filesystem::path& path, const std::string& bytes, std::time_t age) {
    write(path, bytes);
    const timespec time{std::time(nullptr) - age, 5};
    const timespec times[2]{time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  const std::filesystem::path memory_ = folder_ / "files", temporary_ = folder_ / "temporary",
                              file_ = folder_ / "data.csv";
};

TEST_F(ContentsTest, IsTheKeyOfTheBytesWhereverTheyLie) {
  Contents contents;
  const std::string bytes(3 << 20, 'x');
  write(file_, bytes);
  write(folder_ / "copy", bytes);
  EXPECT_EQ(contents.of(file_), key_of(bytes));
  EXPECT_EQ(contents.of(folder_ / "copy"), key_of(bytes));
}

TEST_F(ContentsTest, AFileThatIsAsItWasIsNotReadAgain) {
  make(file_, "a", 100);
  Contents first{memory_, temporary_}, second{memory_, temporary_};
  EXPECT_EQ(first.of(file_), key_of("a"));
  EXPECT_EQ(second.of(file_), key_of("a"));
  EXPECT_EQ(second.read(), 0U);
}

TEST_F(ContentsTest, AChangeOfSizeTimeOrFileIsSeen) {
  Contents contents{memory_, temporary_};
  make(file_, "a", 100);
  contents.of(file_);
  make(file_, "ab", 100);
  EXPECT_EQ(contents.of(file_), key_of("ab"));
  make(file_, "cd", 99);
  EXPECT_EQ(contents.of(file_), key_of("cd"));
  make(folder_ / "other", "ef", 99);
  std::filesystem::rename(folder_ / "other", file_);
  EXPECT_EQ(contents.of(file_), key_of("ef"));
}

TEST_F(ContentsTest, AFileOfThisMomentIsReadAgain) {
  Contents contents{memory_, temporary_};
  make(file_, "a", 0);
  contents.of(file_);
  contents.of(file_);
  EXPECT_EQ(contents.read(), 2U);
}

TEST_F(ContentsTest, SaysWhatCannotBeRead) {
  EXPECT_THAT(testing::refusal([&] { Contents{}.of(file_); }),
              ::testing::HasSubstr("data.csv' cannot be read: No such file"));
}

}  // namespace
}  // namespace steppe::store
