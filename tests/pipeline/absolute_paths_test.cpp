// A document with absolute paths means the same files from any folder.
#include "framework/pipeline/absolute_paths.hpp"

#include <filesystem>

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::HasSubstr;

std::string absolute(std::string_view text, const std::vector<std::string>& sets = {}) {
  std::vector<Problem> problems;
  const auto document = parse_document(text, "/far/{away}/study.toml", sets, problems);
  return to_toml(with_absolute_paths(document, catalogue()));
}

TEST(AbsolutePaths, AreMeantFromTheFileThatSaysThem) {
  EXPECT_THAT(absolute("[reader.files]\npath = ['a/*.h5', '/data/x.h5']\nother = 'b'"),
              HasSubstr("path = [\"/far/{{away}}/a/*.h5\", \"/data/x.h5\"]\nother = \"b\"\n"));
  EXPECT_THAT(absolute("[reader.mine]\nuse = 'files'\npath = 'a.h5'"),
              HasSubstr("path = \"/far/{{away}}/a.h5\"\n"));
  EXPECT_THAT(absolute("[pipeline]\nplugins = ['build']"),
              HasSubstr("plugins = [\"/far/{{away}}/build\"]"));
}

TEST(AbsolutePaths, OfAnOptionAreMeantFromHere) {
  const auto here = std::filesystem::current_path().string();
  EXPECT_THAT(absolute("[reader.files]\npath = 'a.h5'", {"reader.files.path=b.h5"}),
              HasSubstr("path = \"" + here + "/b.h5\"\n"));
}

TEST(AbsolutePaths, KeepNamesAndAskWhatTheyStandFor) {
  EXPECT_THAT(
      absolute("[values]\ndata = 'sets'\n[reader.files]\npath = '{data}/a.h5'"),
      HasSubstr("data = \"sets\"\n\n[reader.files]\npath = \"/far/{{away}}/{data}/a.h5\"\n"));
  EXPECT_THAT(absolute("[values]\ndata = '/sets'\n[reader.files]\npath = '{data}/a.h5'"),
              HasSubstr("path = \"{data}/a.h5\"\n"));
  EXPECT_THAT(absolute("[matrix]\nfile = ['a', 'b']\n[reader.files]\npath = '{file}.h5'"),
              HasSubstr("path = \"/far/{{away}}/{file}.h5\"\n"));
}

}  // namespace
}  // namespace steppe::pipeline::testing
