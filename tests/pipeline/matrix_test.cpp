// Values, axes and {name}.
#include "framework/pipeline/matrix.hpp"

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;

/// Values and matrix of a text.
struct Study {
  explicit Study(std::string_view text) : document{parse_document(text, "s.toml", {}, ignored)} {
    outline = make_outline(document, ignored);
    values = read_values(outline, problems);
    matrix = read_matrix(outline, values, problems);
  }
  std::optional<Node> at(std::size_t point, const std::string& text, std::uint32_t line = 1) {
    const Position position{std::make_shared<const std::string>("s.toml"), line, 10};
    return substitute({text, position, 1}, matrix.scope(values, point), problems);
  }

  std::vector<Problem> ignored, problems;
  Document document;
  Outline outline;
  Scope values;
  Matrix matrix;
};

TEST(Matrix, HasOnePointWithoutAxes) {
  const Study study{""};
  EXPECT_EQ(study.matrix.points(), 1U);
  EXPECT_TRUE(study.matrix.coordinates(0).empty());
  EXPECT_EQ(study.matrix.trial(0), 0U);
}

TEST(Matrix, CountsWithTheLastAxisOfTheFileFastest) {
  const Study study{"[matrix]\nz = ['a', 'b']\nb = [0.5, 2.0]\na = [true]\n"};
  ASSERT_EQ(study.matrix.points(), 4U);
  EXPECT_THAT(study.matrix.coordinates(0), ElementsAre("a", "0.5", "true"));
  EXPECT_THAT(study.matrix.coordinates(1), ElementsAre("a", "2.0", "true"));
  EXPECT_THAT(study.matrix.coordinates(2), ElementsAre("b", "0.5", "true"));
}

TEST(Matrix, AnIntegerCountsFromZero) {
  const Study study{"[matrix]\ntrial = 3\n"};
  EXPECT_EQ(study.matrix.points(), 3U);
  EXPECT_EQ(study.matrix.trial(2), 2U);
}

TEST(Matrix, TrialsMayBeListed) {
  const Study study{"[matrix]\ntrial = [4, 9]\nx = [1, 2]\n"};
  EXPECT_EQ(study.matrix.trial(1), 4U);
  EXPECT_EQ(study.matrix.trial(2), 9U);
}

TEST(Matrix, TakesValues) {
  const Study study{"[values]\nn = 3\nname = 'c'\n[matrix]\ntrial = '{n}'\nx = ['a', 'b{name}']\n"};
  EXPECT_EQ(printed(study.problems), "");
  EXPECT_EQ(study.matrix.points(), 6U);
  EXPECT_THAT(study.matrix.coordinates(1), ElementsAre("0", "bc"));
}

TEST(Substitution, AWholeTextTakesTheTypeOfItsValue) {
  Study study{"[values]\nn = 3\nr = 0.5\nf = true\n[matrix]\nx = ['a', 7]\n"};
  EXPECT_EQ(std::get<std::int64_t>(study.at(0, "{n}")->value), 3);
  EXPECT_EQ(std::get<double>(study.at(0, "{r}")->value), 0.5);
  EXPECT_EQ(std::get<bool>(study.at(0, "{f}")->value), true);
  EXPECT_EQ(std::get<std::string>(study.at(0, "{x}")->value), "a");
  EXPECT_EQ(std::get<std::int64_t>(study.at(1, "{x}")->value), 7);
}

TEST(Substitution, InsideATextTheValueIsWrittenOut) {
  Study study{"[values]\nn = 3\nr = 0.5\nf = true\n"};
  EXPECT_EQ(*study.at(0, "a{n}b{r}-{f}")->text(), "a3b0.5-true");
}

TEST(Substitution, DoubledBracesAreBraces) {
  Study study{"[values]\nn = 3\n"};
  EXPECT_EQ(*study.at(0, "{{n}} {n} }")->text(), "{n} 3 }");
}

TEST(Substitution, ValuesMayReferToEarlierOnes) {
  Study study{"[values]\na = 2\nb = '{a}'\nc = 'x{b}'\n"};
  EXPECT_EQ(std::get<std::int64_t>(study.at(0, "{b}")->value), 2);
  EXPECT_EQ(*study.at(0, "{c}")->text(), "x2");
}

TEST(Substitution, AnUnknownNameIsNamedAtItsPlace) {
  Study study{"[values]\nepochs = 2\n"};
  EXPECT_FALSE(study.at(0, "ab{epocs}").has_value());
  EXPECT_EQ(printed(study.problems),
            "s.toml:1:13: error: '{epocs}' is no value and no axis of the matrix; did you mean "
            "'epochs'?\n");
}

TEST(Substitution, AWrongValueIsSaidOnceAndNotAtEveryUse) {
  Study study{"[values]\na = [1]\n"};
  EXPECT_FALSE(study.at(0, "{a}").has_value());
  EXPECT_EQ(study.problems.size(), 1U);
}

TEST(Substitution, RemembersWhoWroteTheFirstCharacters) {
  Study study{"[values]\nroot = '/data'\nhere = '{root}/jets'\n"};
  const Position use{std::make_shared<const std::string>("s.toml"), 9, 9};
  EXPECT_EQ(first_written({std::string{"{here}/a.h5"}, use}, study.values).line, 2U);
  EXPECT_EQ(first_written({std::string{"x{here}"}, use}, study.values).line, 9U);
  EXPECT_EQ(first_written({std::string{"{{here}"}, use}, study.values).line, 9U);
}

}  // namespace
}  // namespace steppe::pipeline::testing
