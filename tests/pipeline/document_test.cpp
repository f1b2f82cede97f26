// Text -> document: order, positions, extends, --set, and back to text.
#include "framework/pipeline/document.hpp"

#include <filesystem>
#include <fstream>

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;

/// A folder of files that goes away with the test.
class Files : public ::testing::Test {
 protected:
  Files() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              (std::string{"steppe_"} + test->name() + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_ / "presets");
    std::filesystem::current_path(folder_);
  }
  ~Files() override {
    std::filesystem::current_path("/");
    std::filesystem::remove_all(folder_);
  }
  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
  }
  Document read(const std::string& name, const std::vector<std::string>& sets = {}) {
    return read_document(name, sets, problems_);
  }

  std::filesystem::path folder_;
  std::vector<Problem> problems_;
};

const Entry& entry(const Document& document, std::string_view heading, std::string_view key) {
  return *document.root.find(heading)->node.table()->find(key);
}

std::int64_t integer(const Entry& at) { return std::get<std::int64_t>(at.node.value); }

std::vector<std::string> keys(const Table& table) {
  std::vector<std::string> out;
  for (const auto& at : table.entries) out.push_back(at.key);
  return out;
}

Document parsed(std::string_view text, const std::vector<std::string>& sets = {}) {
  std::vector<Problem> problems;
  auto out = parse_document(text, "study.toml", sets, problems);
  EXPECT_EQ(printed(problems), "");
  return out;
}

TEST(Document, KeepsTheOrderOfTheFile) {
  const auto document = parsed("[zebra]\nb = 1\na = 2\n[ape]\n[matrix]\ny = 1\nx = 2\nc.d = 3\n");
  EXPECT_THAT(keys(document.root), ElementsAre("zebra", "ape", "matrix"));
  EXPECT_THAT(keys(*document.root.find("zebra")->node.table()), ElementsAre("b", "a"));
  EXPECT_THAT(keys(*document.root.find("matrix")->node.table()), ElementsAre("y", "x", "c"));
}

TEST(Document, KnowsWhereKeysAndValuesStand) {
  const auto document = parsed("[attack.pgd]\n  steps  = 5\nmove = [\"a\",\n  \"b\"]\n");
  const auto& pgd = entry(document, "attack", "pgd");
  EXPECT_EQ(to_text(pgd.key_position), "study.toml:1:9");
  const auto& steps = *pgd.node.table()->find("steps");
  EXPECT_EQ(to_text(steps.key_position), "study.toml:2:3");
  EXPECT_EQ(to_text(steps.node.position), "study.toml:2:12");
  const auto& move = *pgd.node.table()->find("move")->node.array();
  EXPECT_EQ(to_text(move[1].position), "study.toml:4:3");
}

TEST(Document, KnowsWhereEachBlockOfAListStarts) {
  const auto document = parsed("[[require]]\nthat = 'a'\n\n[[require]]\nthat = 'b'\n");
  const auto& blocks = *document.root.find("require")->node.array();
  ASSERT_EQ(blocks.size(), 2U);
  EXPECT_EQ(to_text(blocks[1].position), "study.toml:4:1");
}

TEST_F(Files, ExtendedTablesAreMergedAndKeepTheirPositions) {
  write("presets/base.toml", "[attack.pgd]\nsteps = 5\nalpha = 0.1\n[values]\nepochs = 20\n");
  write("study.toml", "extends = 'presets/base.toml'\n[attack.pgd]\n\nalpha = 0.2\n");
  const auto document = read("study.toml");
  EXPECT_EQ(printed(problems_), "");
  const auto& pgd = *entry(document, "attack", "pgd").node.table();
  EXPECT_EQ(to_text(pgd.find("steps")->node.position), "presets/base.toml:2:9");
  EXPECT_EQ(to_text(pgd.find("alpha")->node.position), "study.toml:4:9");
  EXPECT_EQ(std::get<double>(pgd.find("alpha")->node.value), 0.2);
  EXPECT_EQ(integer(entry(document, "values", "epochs")), 20);
  EXPECT_EQ(document.root.find("extends"), nullptr);
  EXPECT_THAT(document.files, ElementsAre("study.toml", "presets/base.toml"));
}

TEST_F(Files, LaterBasesWinAndArraysAreReplaced) {
  write("a.toml", "[values]\nx = 1\ny = 1\nlist = [1, 2, 3]\n");
  write("b.toml", "[values]\ny = 2\nlist = [4]\n");
  write("study.toml", "extends = ['a.toml', 'b.toml']\n");
  const auto document = read("study.toml");
  EXPECT_EQ(integer(entry(document, "values", "x")), 1);
  EXPECT_EQ(integer(entry(document, "values", "y")), 2);
  EXPECT_EQ(entry(document, "values", "list").node.array()->size(), 1U);
}

TEST_F(Files, BasesAreFoundFromTheFileThatNamesThem) {
  write("presets/deep.toml", "[values]\nx = 1\n");
  write("presets/base.toml", "extends = 'deep.toml'\n");
  write("study.toml", "extends = 'presets/base.toml'\n");
  EXPECT_EQ(integer(entry(read("study.toml"), "values", "x")), 1);
}

TEST_F(Files, OneBaseReachedByTwoWaysIsNoCircle) {
  write("root.toml", "[values]\nx = 1\n");
  write("a.toml", "extends = 'root.toml'\n");
  write("b.toml", "extends = 'root.toml'\n");
  write("study.toml", "extends = ['a.toml', 'b.toml']\n");
  EXPECT_TRUE(read("study.toml").complete);
  EXPECT_EQ(printed(problems_), "");
}

TEST_F(Files, ACircleIsRefused) {
  write("a.toml", "extends = 'b.toml'\n");
  write("b.toml", "extends = 'a.toml'\n");
  EXPECT_FALSE(read("a.toml").complete);
  EXPECT_EQ(printed(problems_),
            "b.toml:1:11: error: a circle of files: 'a.toml' extends 'b.toml' extends 'a.toml'\n");
}

TEST_F(Files, AMissingFileIsNamed) {
  EXPECT_FALSE(read("nowhere.toml").complete);
  EXPECT_EQ(printed(problems_), "nowhere.toml: error: there is no file 'nowhere.toml'\n");
}

TEST(Set, ReplacesAndAdds) {
  const auto document = parsed("[values]\nepochs = 20\n",
                               {"values.epochs=5", "attack.pgd.alpha=0.5", "attack.pgd.steps = 2"});
  EXPECT_EQ(integer(entry(document, "values", "epochs")), 5);
  const auto& pgd = *entry(document, "attack", "pgd").node.table();
  EXPECT_EQ(std::get<double>(pgd.find("alpha")->node.value), 0.5);
  EXPECT_EQ(integer(*pgd.find("steps")), 2);
}

TEST(Set, KnowsItsOption) {
  const auto document =
      parsed("[values]\nepochs = 1\nname = 'x'\n", {"values.epochs=5", "values.name=some words"});
  EXPECT_EQ(to_text(entry(document, "values", "epochs").node.position), "--set values.epochs=5");
  EXPECT_EQ(to_text(entry(document, "values", "name").node.position),
            "--set values.name=some words");
}

TEST(Set, IsNamedWhereAValueItSetsIsWrong) {
  const auto checked = check_good_with("", {"pipeline.seed=3", "values.epochs=two"});
  EXPECT_EQ(checked.text(),
            "good.toml:42:13: error: 'fit.epochs' must be an integer, not the text 'two' (passes "
            "over the events) (from --set values.epochs=two)\n");
}

TEST(Set, ReadsTomlAndElseABareText) {
  const auto document =
      parsed("", {"a.list=[1, 2]", "a.quoted='x y'", "a.bare=x y", "a.flag=true", "a.none="});
  EXPECT_EQ(entry(document, "a", "list").node.array()->size(), 2U);
  EXPECT_EQ(*entry(document, "a", "quoted").node.text(), "x y");
  EXPECT_EQ(*entry(document, "a", "bare").node.text(), "x y");
  EXPECT_EQ(std::get<bool>(entry(document, "a", "flag").node.value), true);
  EXPECT_EQ(*entry(document, "a", "none").node.text(), "");
}

TEST(Set, LaterOptionsWin) {
  EXPECT_EQ(integer(entry(parsed("", {"matrix.x=1", "matrix.x=2"}), "matrix", "x")), 2);
}

TEST(Set, OfAValueTheFileDoesNotHaveIsRefused) {
  std::vector<Problem> problems;
  parse_document("[values]\nepochs = 3\n", "study.toml", {"values.epoch=5"}, problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(
      to_text(problems.front()),
      "--set values.epoch=5: error: the file has no value 'epoch' to set; did you mean 'epochs'?");
}

TEST(Set, WithoutAnEqualsSignIsRefused) {
  std::vector<Problem> problems;
  parse_document("", "study.toml", {"values.epochs"}, problems);
  EXPECT_EQ(printed(problems),
            "--set values.epochs: error: 'values.epochs' sets nothing; write key.path=value\n");
}

TEST(Set, ANumberThatTomlDoesNotHoldIsNoText) {
  for (const auto* number : {"99999999999999999999", "-1e999", "007"}) {
    std::vector<Problem> problems;
    parse_document("", "study.toml", {std::string{"seed="} + number}, problems);
    EXPECT_THAT(printed(problems), ::testing::StartsWith("--set seed=")) << number;
  }
}

TEST(Set, ABrokenPathIsRefused) {
  std::vector<Problem> problems;
  parse_document("", "study.toml", {"values..x=1"}, problems);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(printed(problems),
              ::testing::StartsWith("--set values..x=1: error: this is not TOML: "));
}

TEST(ToToml, GivesTheSameDocumentAgain) {
  const std::string text =
      "[pipeline]\nname = \"x \\\"y\\\"\\n\"\nrate = 1.0\nsmall = 1e-05\nflag = true\n"
      "inner = {a = 1}\n\n[reader.\"odd name\"]\n\n[values]\nlist = [1, \"b\", [false]]\n\n"
      "[[require]]\nthat = \"a\"\n\n[[require]]\nthat = \"b\"\n";
  const auto once = to_toml(parsed(text));
  EXPECT_EQ(to_toml(parsed(once)), once);
  EXPECT_THAT(once, ::testing::HasSubstr("name = \"x \\\"y\\\"\\n\"\nrate = 1.0\nsmall = 1e-05\n"));
  EXPECT_THAT(once, ::testing::HasSubstr("[reader.\"odd name\"]"));
  EXPECT_THAT(once, ::testing::HasSubstr("[[require]]\nthat = \"b\"\n"));
}

TEST(Problems, AreOrderedByFileAndPlaceAndSaidOnce) {
  Document document;
  document.files = {"main.toml", "base.toml"};
  const auto at = [](const char* file, std::uint32_t line, std::uint32_t column) {
    return Position{std::make_shared<const std::string>(file), line, column};
  };
  std::vector<Problem> problems{{at("--set x=1", 1, 1), "e"},  {at("base.toml", 1, 1), "d"},
                                {at("main.toml", 10, 2), "c"}, {at("main.toml", 9, 9), "b"},
                                {at("main.toml", 9, 1), "a"},  {at("main.toml", 9, 9), "b"}};
  sort_problems(document, problems);
  std::string order;
  for (const auto& problem : problems) order += problem.sentence;
  EXPECT_EQ(order, "abcde");
}

}  // namespace
}  // namespace steppe::pipeline::testing
