// Values that are not finite: refused with counts, left out, or replaced.
#include "framework/run/events/finite_rows.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace steppe::run {
namespace {

const float nan = std::nanf("");
constexpr float infinite = std::numeric_limits<float>::infinity();

/// A reader of x (feature), s (side), label and weight.
class FiniteRowsOf : public ::testing::Test {
 protected:
  FiniteRows made(const std::string& nan_policy, double value = 0, bool transformed = false) {
    pipeline::DataNode node;
    node.reader.name = "toy";
    node.reader.wiring.items = {{"nan", plugin::Type::choice, false, {nan_policy}},
                                {"impute_value", plugin::Type::real, false, {value}}};
    if (transformed) node.transforms.emplace_back();
    Columns columns;
    columns.items = {
        {"x"}, {"s", "", Role::side}, {"label", "", Role::target}, {"weight", "", Role::weight}};
    return FiniteRows{node, columns};
  }

  /// Four events, two with a bad x.
  static Chunk chunk() {
    return {4, {1, 2, 0, 1, nan, 3, 1, 1, 4, 5, 0, 1, -infinite, 6, 1, 1}, {10, 11, 12, 13}};
  }

  /// Notes and the error, one a line.
  static std::string said(const FiniteRows& rows, const std::vector<data::FileRecord>& files = {}) {
    std::string out;
    try {
      rows.conclude(files, [&](const std::string& note) { out += note + "\n"; });
    } catch (const data::DataError& error) {
      out += error.what();
    }
    return out;
  }
};

TEST_F(FiniteRowsOf, FiniteValuesPassUnchangedAndInSilence) {
  for (const char* policy : {"refuse", "drop", "impute"}) {
    auto rows = made(policy);
    Chunk good{4, {1, 2, 0, 1}, {10}};
    rows.mend(good);
    EXPECT_EQ(good.values, (std::vector<float>{1, 2, 0, 1}));
    EXPECT_EQ(said(rows), "");
  }
}

TEST_F(FiniteRowsOf, AreRefusedWithCountsAndTheFirstEvent) {
  auto rows = made("refuse");
  auto first = chunk();
  rows.mend(first);
  Chunk second{4, {1, 2, 0, nan}, {14}};
  rows.mend(second);
  EXPECT_EQ(second.rows(), 0U);
  EXPECT_EQ(said(rows),
            "reader 'toy' gave values that are not finite: 2 in 'x', 1 in 'weight'; the first is "
            "in event 11; nan = \"drop\" leaves such events out, nan = \"impute\" puts "
            "'impute_value' there");
}

TEST_F(FiniteRowsOf, AreRefusedWithTheFileOfTheFirst) {
  auto rows = made("refuse");
  Chunk good{4, {1, 2, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1}, {7, 8, 9}};
  rows.mend(good);
  auto bad = chunk();  // its second row, the fifth of all
  rows.mend(bad);
  const auto in = [&](std::vector<data::FileRecord> files) {
    const auto sentence = said(rows, files);
    const auto begin = sentence.find("the first is in");
    return sentence.substr(begin, sentence.find(';', begin) - begin);
  };
  EXPECT_EQ(in({{"a.csv", 9, 4}, {"empty.csv", 1, 0}, {"b.csv", 3, 3}}),
            "the first is in event 11, number 1 of those read from 'b.csv'");
  EXPECT_EQ(in({{"a.csv", 9, 7}}), "the first is in event 11, number 5 of those read from 'a.csv'");
}

TEST_F(FiniteRowsOf, AreDropped) {
  auto rows = made("drop");
  auto some = chunk();
  rows.mend(some);
  EXPECT_EQ(some.values, (std::vector<float>{1, 2, 0, 1, 4, 5, 0, 1}));
  EXPECT_EQ(some.event_ids, (std::vector<std::uint64_t>{10, 12}));
  EXPECT_EQ(rows.gaps().dropped, 2U);
  EXPECT_EQ(rows.gaps().imputed, 0U);
  EXPECT_EQ(said(rows),
            "reader 'toy': 2 events with values that are not finite were left out: 2 in 'x'\n");
}

TEST_F(FiniteRowsOf, RowsThatWereLookedAtAreLeftAlone) {
  auto rows = made("drop");
  auto some = chunk();
  rows.mend(some, 3);  // the second has a bad x, and so has the fourth
  EXPECT_EQ(some.event_ids, (std::vector<std::uint64_t>{10, 11, 12}));
  EXPECT_EQ(rows.gaps().dropped, 1U);
}

TEST_F(FiniteRowsOf, AreImputed) {
  auto rows = made("impute", -5);
  auto some = chunk();
  rows.mend(some);
  EXPECT_EQ(some.values, (std::vector<float>{1, 2, 0, 1, -5, 3, 1, 1, 4, 5, 0, 1, -5, 6, 1, 1}));
  EXPECT_EQ(rows.gaps().imputed, 2U);
  EXPECT_EQ(said(rows), "reader 'toy': 2 values that are not finite became -5: 2 in 'x'\n");
}

TEST_F(FiniteRowsOf, LabelsAndWeightsAreNotImputed) {
  auto rows = made("impute");
  Chunk some{4, {nan, 2, 0, nan, 1, 1, nan, 1}, {10, 11}};
  rows.mend(some);
  EXPECT_EQ(said(rows),
            "reader 'toy' gave values that are not finite: 1 in 'label', 1 in 'weight'; the first "
            "is in event 10; targets, weights and masks are not imputed: nan = \"drop\" leaves "
            "such events out");
}

TEST_F(FiniteRowsOf, OfSideColumnsCountWhereATransformMayReadThem) {
  for (const bool transformed : {false, true}) {
    auto rows = made("drop", 0, transformed);
    Chunk some{4, {1, nan, 0, 1}, {10}};
    rows.mend(some);
    EXPECT_EQ(some.rows(), transformed ? 0U : 1U);
  }
}

}  // namespace
}  // namespace steppe::run
