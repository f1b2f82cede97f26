#include "framework/plugin/catalogue.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::plugin {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

Catalogue load(const std::string& folder) {
  return Catalogue::load({{fs::path{STEPPE_TEST_LIBRARIES} / folder, "test", true}});
}

/// The reason for which the only library of a folder was set aside.
std::string reason(const std::string& folder) {
  const auto catalogue = load(folder);
  EXPECT_TRUE(catalogue.stages().empty());
  EXPECT_EQ(catalogue.set_aside().size(), 1U);
  return catalogue.set_aside().empty() ? "" : catalogue.set_aside().front().reason;
}

TEST(Catalogue, KnowsAStageWithItsSchemaFromAPlainCLibrary) {
  const auto catalogue = load("plain");
  const auto* stage = catalogue.find("attack", "plain_c");
  ASSERT_NE(stage, nullptr);
  EXPECT_EQ(stage->summary, "adds a constant");
  ASSERT_EQ(stage->parameters.size(), 1U);
  EXPECT_EQ(stage->parameters[0].name, "shift");
  EXPECT_EQ(stage->parameters[0].fallback, std::vector<Scalar>{0.5});
  EXPECT_EQ(stage->parameters[0].range(), "[0, 10]");
  EXPECT_TRUE(catalogue.set_aside().empty());
}

std::string built_for(int major, int minor) {
  return "it was built for plugin interface " + std::to_string(major) + "." +
         std::to_string(minor) + ", and this program has " + std::to_string(STEPPE_ABI_MAJOR) +
         "." + std::to_string(STEPPE_ABI_MINOR) + "; build it again with this version's SDK";
}

TEST(Catalogue, RefusesAnotherMajorVersionNamingBoth) {
  EXPECT_EQ(reason("other_major"), built_for(STEPPE_ABI_MAJOR + 1, 0));
}

TEST(Catalogue, RefusesAMinorVersionItDoesNotHaveYet) {
  EXPECT_EQ(reason("newer_minor"), built_for(STEPPE_ABI_MAJOR, STEPPE_ABI_MINOR + 1));
}

TEST(Catalogue, RefusesAnOlderMinorVersionWhileTheMajorIsZero) {
  EXPECT_EQ(reason("older_minor"), built_for(STEPPE_ABI_MAJOR, STEPPE_ABI_MINOR - 1));
}

TEST(Catalogue, RefusesALibraryWithoutTheEntrySymbol) {
  EXPECT_THAT(reason("no_entry"), HasSubstr("it does not export 'steppe_plugin_entry'"));
}

TEST(Catalogue, RefusesALibraryWithAnUndefinedSymbolAndNamesIt) {
  EXPECT_THAT(reason("undefined_symbol"), HasSubstr("undefined symbol: defined_nowhere"));
}

TEST(Catalogue, RefusesAFileThatIsNoLibrary) {
  EXPECT_THAT(reason("no_library"), HasSubstr("it is no library that can be loaded"));
  EXPECT_THAT(reason("no_library"), HasSubstr("text.so"));
}

TEST(Catalogue, RefusesAnAttackWithoutPerturb) {
  EXPECT_EQ(reason("no_perturb"), "attack 'lame' lacks the function 'perturb'");
}

TEST(Catalogue, RefusesASecondLibraryWithTheSameStageNamingBothPaths) {
  const auto catalogue = load("duplicate");
  ASSERT_EQ(catalogue.stages().size(), 1U);
  ASSERT_EQ(catalogue.set_aside().size(), 1U);
  EXPECT_THAT(catalogue.set_aside()[0].library.string(), EndsWith("second_copy.so"));
  EXPECT_THAT(catalogue.set_aside()[0].reason,
              HasSubstr("attack 'plain_c' is there already, from "));
  EXPECT_THAT(catalogue.set_aside()[0].reason, HasSubstr("first_copy.so"));
}

TEST(Catalogue, TakesTheSameFileFoundTwiceOnce) {
  const fs::path folder = fs::path{STEPPE_TEST_LIBRARIES} / "plain";
  const auto catalogue =
      Catalogue::load({{folder, "one", true}, {folder / "../plain", "two", true}});
  EXPECT_EQ(catalogue.stages().size(), 1U);
  EXPECT_TRUE(catalogue.set_aside().empty());
}

TEST(Catalogue, KeepsFoldersThatAreNotThereInItsPath) {
  const auto catalogue = Catalogue::load({{"/no/such/folder", "test", false}});
  ASSERT_EQ(catalogue.path().size(), 1U);
  EXPECT_FALSE(catalogue.path()[0].exists);
}

}  // namespace
}  // namespace steppe::plugin
