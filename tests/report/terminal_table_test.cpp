// Results as tables for people, within the width of a terminal.
#include "framework/report/terminal_table.hpp"

#include "framework/report/escape.hpp"
#include "framework/report/results_json.hpp"

#include <cmath>
#include <sstream>

#include "results_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::number;
using testing::small_study;

TEST(TerminalTable, GivesGainsTheirSignificanceForSoFewTrials) {
  // 0.02 +- 0.0058 is 3.46 errors; of 3 trials that is p = 0.0742, or 1.8 sigma.
  const auto table = terminal_table(summarise(small_study()), 100);
  EXPECT_THAT(table, HasSubstr("test     gain                       auc\n"));
  EXPECT_THAT(table, HasSubstr("pythia   fgsm - none   0.0200 +- 0.0058   1.8 sigma\n"));
}

TEST(TerminalTable, HasNumbersOfAnySize) {
  EXPECT_EQ(with_error(0.977131, 0.00042), "0.97713 +- 0.00042");
  EXPECT_EQ(with_error(1234.5, 120), "1234 +- 120");
  EXPECT_EQ(with_error(3.1e-7, 1.2e-8), "(3.10 +- 0.12)e-07");
  EXPECT_EQ(with_error(1e-9, 2.5e-8), "(0.1 +- 2.5)e-08");
  EXPECT_EQ(with_error(-4.2e12, 3.4e10), "(-4.200 +- 0.034)e+12");
  EXPECT_EQ(with_error(0.5, 1.1e-17), "0.5 +- 1.1e-17");
  EXPECT_EQ(with_error(0.25, 0), "0.25");
}

TEST(TerminalTable, SaysWhatTheUncertaintiesAreOf) {
  auto results = small_study();
  EXPECT_THAT(terminal_table(summarise(results), 100),
              HasSubstr("\n\n+- over 3 trials: error of the mean, same test events\n"));
  std::erase_if(results.rows, [](const auto& row) { return row.coordinates[1] != "0"; });
  const auto single = terminal_table(summarise(results), 100);
  EXPECT_THAT(single, HasSubstr("\n+- of one trial: of its test sample, "));
  EXPECT_THAT(single, Not(HasSubstr("trials")));
}

TEST(TerminalTable, SaysHowManyEventsWereScored) {
  auto results = small_study();
  std::size_t events = 100;
  for (auto& row : results.rows) {
    row.events = row.coordinates.back() == "pythia" ? 60 : ++events;
    if (row.events == 60) row.class_events = {40, 20};
  }
  EXPECT_THAT(terminal_table(summarise(results), 100),
              HasSubstr("\nscored events: 60 of 'pythia' (20 signal), 101 to 106 of 'herwig'\n"));
  EXPECT_THAT(results_json(results), HasSubstr("\"events\": 60,\n   \"signal\": 20"));
}

TEST(TerminalTable, SaysWhyAValueOfTheStudyIsUndefined) {
  auto results = small_study();
  pipeline::MeasuredComparison one{"delta_s", {"fgsm", "herwig"}, 3, {number("delta_s", 0.5)}, {}};
  pipeline::MeasuredComparison other{"delta_s", {"fgsm", "pythia"}, 3, {}, {}};
  other.quantities.push_back({"delta_s", NAN, NAN, "the gap is small"});
  results.comparisons = {one, other};
  const auto table = terminal_table(summarise(results), 100);
  EXPECT_THAT(table, HasSubstr("fgsm     herwig   delta_s   0.500 +- 0.010\n"));
  EXPECT_THAT(table, HasSubstr("fgsm     pythia   delta_s        undefined\n"));
  EXPECT_THAT(table, HasSubstr("undefined: the gap is small\n"));
}

/// One point with the quantities q0, q1, ..., each 1.00 +- 0.10.
Summary wide(const std::string& coordinate, int quantities) {
  Summary out;
  out.axes = {"attack", "test"};
  auto& point = out.points.emplace_back();
  point.coordinates = {coordinate, "pythia"};
  for (int q = 0; q < quantities; ++q) {
    auto& mean = point.quantities.emplace_back();
    mean.name = "q" + std::to_string(q);
    mean.trials = 1;
    mean.mean = 1 + q;
    mean.error = 0.1;
  }
  return out;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

TEST(TerminalTable, GoesOnBelowWhereItIsTooWide) {
  EXPECT_EQ(terminal_table(wide("none", 3), 46),
            "attack   test               q0             q1\n"
            "none     pythia   1.00 +- 0.10   2.00 +- 0.10\n"
            "\n"
            "attack   test               q2\n"
            "none     pythia   3.00 +- 0.10\n"
            "\n"
            "+- of one trial: of its test sample, without\n"
            "the spread over trainings\n");
}

TEST(TerminalTable, IsWithinEveryWidthThatHoldsANumber) {
  for (std::size_t width = 30; width < 200; width += 7) {
    const auto table = terminal_table(wide("none", 9), width);
    for (const auto& line : lines_of(table)) EXPECT_LE(line.size(), width) << line;
    for (int q = 0; q < 9; ++q)
      EXPECT_THAT(table, HasSubstr(std::to_string(q + 1) + ".00 +- 0.10"));
  }
}

TEST(TerminalTable, CutsNoNumberWhereNothingFits) {
  const auto table = terminal_table(wide("none", 2), 5);
  EXPECT_THAT(table, HasSubstr("none     pythia   1.00 +- 0.10\n"));
  EXPECT_THAT(table, HasSubstr("none     pythia   2.00 +- 0.10\n"));
}

TEST(TerminalTable, KeepsASignificanceBesideItsGain) {
  for (const auto& line : lines_of(terminal_table(summarise(small_study()), 10)))
    EXPECT_EQ(line.find("fgsm - none") != line.npos, line.find("sigma") != line.npos) << line;
}

TEST(TerminalTable, ShortensLongCoordinatesAndCountsCharacters) {
  const auto lines = lines_of(terminal_table(wide("漢字" + std::string(10'000, 'x'), 1), 100));
  EXPECT_THAT(lines[1], HasSubstr("漢字xxx"));
  EXPECT_EQ(character_count(lines[0]), character_count(lines[1]));
  EXPECT_LE(character_count(lines[1]), 100U);
}

TEST(TerminalTable, ACoordinateStaysInItsLine) {
  const auto table = terminal_table(wide("a\nb\x1b[0m", 1), 100);
  EXPECT_EQ(lines_of(table).size(), 4U);  // the last two say what +- is
  EXPECT_THAT(table, HasSubstr("a\\nb\\x1b[0m"));
  EXPECT_THAT(table, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace steppe::report
