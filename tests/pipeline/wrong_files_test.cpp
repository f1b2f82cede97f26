// Wrong files, and what is said about them: wrong/<name>.toml against wrong/<name>.expected, whole
// texts. With STEPPE_WRITE_EXPECTED set, the expected texts are written instead; read them.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support.hpp"
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

std::vector<std::string> wrong_files() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator{folder() / "wrong"})
    if (entry.path().extension() == ".toml") out.push_back(entry.path().stem().string());
  std::sort(out.begin(), out.end());
  return out;
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream{file};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

class WrongFile : public ::testing::TestWithParam<std::string> {};

TEST_P(WrongFile, IsToldInFull) {
  std::filesystem::current_path(folder() / "wrong");
  std::vector<Problem> problems;
  const auto document = read_document(GetParam() + ".toml", {}, problems);
  EXPECT_FALSE(make_plan(document, catalogue(), problems).has_value());
  const auto said = printed(problems);
  if (std::getenv("STEPPE_WRITE_EXPECTED")) std::ofstream{GetParam() + ".expected"} << said;
  EXPECT_EQ(said, contents(GetParam() + ".expected"));
}

INSTANTIATE_TEST_SUITE_P(Pipeline, WrongFile, ::testing::ValuesIn(wrong_files()),
                         [](const auto& file) { return file.param; });

}  // namespace
}  // namespace steppe::pipeline::testing
