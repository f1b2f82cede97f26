// Conditions on columns: what they keep, and what is said about those that are none.
#include <cmath>

#include "rows_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::apply;
using steppe::testing::Collected;
using steppe::testing::rows_of;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

Collected jets() {
  return rows_of({"jet.pt", "jet.eta", "jet.mass", "label"}, {{500, 0.5, 80, 1},
                                                              {500, -2.5, 80, 1},
                                                              {449, 0.5, 80, 0},
                                                              {900, -1.5, 30, 0},
                                                              {600, 1.5, 41, 0}});
}

/// Numbers of the events that are kept.
std::vector<int> kept(const std::string& keep, const Collected& input = jets()) {
  StageUnderTest transform{"select", {{"keep", keep}}};
  std::vector<int> out;
  for (const auto id : apply(transform, input, 2).event_ids)
    out.push_back(static_cast<int>(id) - 100);
  return out;
}

std::string refused(const std::string& keep) {
  return sentence_of([&] { kept(keep); });
}

/// Whether a condition on x = 3, y = -2 holds.
bool holds(const std::string& condition) {
  return !kept(condition, rows_of({"x", "y"}, {{3, -2}})).empty();
}

using Numbers = std::vector<int>;

TEST(Select, KeepsTheEventsForWhichTheConditionHolds) {
  EXPECT_EQ(kept("jet.pt > 450 && jet.mass > 40 && abs(jet.eta) < 2"), (Numbers{0, 4}));
  EXPECT_EQ(kept("label == 1 || jet.mass <= 30"), (Numbers{0, 1, 3}));
  EXPECT_EQ(kept("!(jet.pt>450)"), (Numbers{2}));
  EXPECT_EQ(kept("1 == 2"), (Numbers{}));
}

TEST(Select, ChangesNothingInWhatItKeeps) {
  StageUnderTest transform{"select", {{"keep", "jet.mass < 50"}}};
  const auto data = apply(transform, jets());
  EXPECT_EQ(data.values, (std::vector<float>{900, -1.5, 30, 0, 600, 1.5, 41, 0}));
  EXPECT_EQ(data.columns.size(), 4U);
}

TEST(Select, ReadsArithmeticAsMathematicsDoes) {
  for (const char* condition :
       {"x + y * 2 == -1", "(x + y) * 2 == 2", "x - 1 - 1 == 1", "x / 2 / 3 == 0.5", "-x + 1 == y",
        "- -x == 3", "2e1 == 20 && .5 == 1 / 2", "sqrt(x * x + 16) == 5", "abs(y) == 2",
        "min(x, y) == y && max(x, y) == x", "max(min(x, 2), y) == 2", "log(1) == 0"})
    EXPECT_TRUE(holds(condition)) << condition;
}

TEST(Select, JoinsConditionsAsCDoes) {
  EXPECT_TRUE(holds("1 == 1 || 1 == 1 && 1 == 2"));  // && before ||
  EXPECT_FALSE(holds("(1 == 1 || 1 == 1) && 1 == 2"));
  EXPECT_TRUE(holds("!(x < y) && !(x == y) && x != y && x >= 3 && x <= 3"));
}

TEST(Select, AValueThatIsNotANumberHoldsOnlyAsUnequal) {
  const auto data = rows_of({"x"}, {{std::nanf("")}});
  EXPECT_TRUE(kept("x > 0 || x <= 0 || x == x", data).empty());
  EXPECT_FALSE(kept("x != x", data).empty());
}

TEST(Select, DoesNotDependOnTheChunks) {
  const auto all = steppe::testing::labelled(1500);
  StageUnderTest transform{"select", {{"keep", "x > 8e6 && weight != 1.25"}}};
  const auto whole = apply(transform, all, 1500);
  EXPECT_GT(whole.rows(), 100U);
  for (const std::size_t chunk : {1, 7, 1024})
    EXPECT_EQ(apply(transform, all, chunk).values, whole.values);
}

TEST(Select, SaysWhereAConditionIsWrong) {
  EXPECT_EQ(refused("jet.pt > 450 && jet.masss > 40"),
            "'keep' at character 17: there is no column 'jet.masss'; did you mean 'jet.mass'?");
  EXPECT_EQ(refused(""), "'keep' at character 1: there is no condition");
  EXPECT_EQ(refused("jet.pt >"),
            "'keep' at character 9: the condition ends where a value is missing");
  EXPECT_EQ(refused("(jet.pt > 1"), "'keep' at character 12: a ')' is missing");
  EXPECT_EQ(refused("jet.pt = 1"), "'keep' at character 8: '=' compares nothing; write '=='");
  EXPECT_EQ(refused("jet.pt > 1 & 2"), "'keep' at character 12: '&' has no meaning here");
  EXPECT_EQ(refused("jet.pt > 1 jet.mass"), "'keep' at character 12: 'j' has no meaning here");
  EXPECT_EQ(refused("40 < jet.mass < 80"),
            "'keep' at character 15: comparisons do not chain; write 'a < b && b < c'");
  EXPECT_EQ(
      refused("exp(jet.pt) > 1"),
      "'keep' at character 1: there is no function 'exp'; there are abs, sqrt, log, min, max");
  EXPECT_EQ(refused("min(jet.pt) > 1"),
            "'keep' at character 11: 'min' takes two numbers, with ',' between them");
  EXPECT_EQ(refused("1e999 < jet.pt"),
            "'keep' at character 1: this is no number that a double can hold");
}

TEST(Select, TellsConditionsFromNumbers) {
  EXPECT_EQ(refused("jet.pt"),
            "'keep' at character 1: the whole is a number and not a condition, such as 'jet.pt > "
            "450'");
  EXPECT_EQ(refused("jet.pt > 1 && jet.mass"),
            "'keep' at character 15: what '&&' joins is a number and not a condition, such as "
            "'jet.pt > 450'");
  EXPECT_EQ(refused("!jet.pt > 1"),
            "'keep' at character 2: what follows '!' is a number and not a condition, such as "
            "'jet.pt > 450'");
  EXPECT_EQ(refused("1 + (jet.pt > 1) > 0"),
            "'keep' at character 5: what '+' joins is a condition and not a number");
  EXPECT_EQ(refused("abs(jet.pt > 1) > 0"),
            "'keep' at character 5: an argument of 'abs' is a condition and not a number");
}

TEST(Select, StopsAtNestingThatIsTooDeep) {
  EXPECT_EQ(refused(std::string(100000, '(') + "1 == 1"),
            "'keep' at character 101: the condition is nested too deeply");
  EXPECT_EQ(kept(std::string(90, '(') + "1 == 2" + std::string(90, ')')), (Numbers{}));
}

}  // namespace
