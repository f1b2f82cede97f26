#include "framework/plugin/scan.hpp"

#include "framework/plugin/catalogue.hpp"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

const fs::path libraries = STEPPE_TEST_LIBRARIES;

/// Why the catalogue sets each library of the folder aside, by its name.
std::map<std::string, std::string> reasons(const std::string& folder) {
  std::map<std::string, std::string> out;
  const auto catalogue = Catalogue::load({{libraries / folder, "test", true}});
  for (const auto& aside : catalogue.set_aside()) out[aside.library.stem()] = aside.reason;
  return out;
}

TEST(Scan, SetsAsideLibrariesThatEndTheProgramAndGoesOn) {
  auto why = reasons("on_load");
  EXPECT_THAT(why["abort_it"], HasSubstr("it crashed: SIGABRT"));
  EXPECT_THAT(why["crash_it"], HasSubstr("it crashed: SIGSEGV"));
  EXPECT_THAT(why["end_it"], HasSubstr("it ended the program with exit code 3"));
  EXPECT_EQ(why.size(), 3U);
  EXPECT_NE(Catalogue::load({{libraries / "on_load", "test", true}}).find("attack", "plain_c"),
            nullptr);
}

TEST(Scan, GivesUpALibraryThatDoesNotComeToAnEndAndGoesOn) {
  const auto hangs = libraries / "hold/hold_it.so", crashes = libraries / "on_load/crash_it.so";
  const auto load = [](const fs::path& file) { Catalogue::load({}, {file}); };
  const auto why = scan({hangs, libraries / "plain/plain_c_attack.so", crashes}, 0.5s, load);
  ASSERT_EQ(why.size(), 2U);
  EXPECT_THAT(why.at(hangs), HasSubstr("did not end within 0.5 s"));
  EXPECT_THAT(why.at(crashes), HasSubstr("SIGSEGV"));
}

TEST(Scan, TriesAFileOnce) {
  const auto file = libraries / "other_major/other_major.so";
  EXPECT_TRUE(scan({file}, 5s, [](const fs::path&) {}).empty());
  EXPECT_TRUE(scan({file}, 5s, [](const fs::path&) { std::abort(); }).empty());
}

// The loader maps what the headers promise; reading behind the end of the file is SIGBUS. A file
// that is named, and the program's own folder, are not tried in a child.
TEST(Scan, IsNotNeededToSetAsideALibraryThatIsCutOff) {
  std::ifstream in{libraries / "layers/test_layers.so", std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  const fs::path folder = fs::path{::testing::TempDir()} / "cut_off_libraries";
  fs::create_directories(folder);
  for (const std::size_t size : {100U, 5000U}) {  // what comes last may be for debuggers alone
    const auto file = folder / (std::to_string(size) + ".so");
    std::ofstream{file, std::ios::binary} << bytes.substr(0, size);
    const auto catalogue = Catalogue::load({}, {file});
    ASSERT_EQ(catalogue.set_aside().size(), 1U) << size;
    EXPECT_THAT(catalogue.set_aside()[0].reason, HasSubstr("the file is cut off"));
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace steppe::plugin
