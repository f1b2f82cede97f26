#include "framework/plugin/catalogue.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

/// Sets an environment variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_{name} { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

TEST(SearchPath, GoesFromTheCommandLineToTheProgram) {
  const Variable list{"STEPPE_PLUGIN_PATH", "/second:/third"};
  const Variable data{"XDG_DATA_HOME", "/home/me/data"};
  const auto path = search_path({"/first"}, {"/fourth"});
  ASSERT_EQ(path.size(), 6U);
  const char* expected[] = {"/first", "/second", "/third", "/fourth",
                            "/home/me/data/steppe/plugins"};
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(path[i].folder, expected[i]);
  EXPECT_EQ(path[5].origin, "this program");
}

TEST(SearchPath, NeverHoldsTheCurrentFolderByAccident) {
  const Variable list{"STEPPE_PLUGIN_PATH", "/a::/b"};
  try {
    search_path({}, {});
    FAIL() << "accepted";
  } catch (const PluginError& error) {
    EXPECT_STREQ(error.what(),
                 "STEPPE_PLUGIN_PATH has an empty folder name; write '.' for the "
                 "current folder");
  }
}

TEST(SearchPath, RefusesAFileAndNamesItsFolder) {
  const std::filesystem::path library{STEPPE_TEST_LIBRARIES "/plain/plain_c_attack.so"};
  try {
    search_path({library}, {});
    FAIL() << "accepted";
  } catch (const PluginError& error) {
    EXPECT_EQ(error.what(), "--plugin-path: '" + library.string() +
                                "' is a file; give the folder that it is in, '" +
                                library.parent_path().string() + "'");
  }
}

TEST(SearchPath, WithoutVariablesDoesNotHoldTheCurrentFolder) {
  const auto path = search_path({}, {});
  EXPECT_TRUE(std::none_of(path.begin(), path.end(), [](const SearchFolder& folder) {
    return folder.folder == std::filesystem::current_path();
  }));
}

}  // namespace
}  // namespace steppe::plugin
