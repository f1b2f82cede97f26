// Means over trials, and what is paired by trial.
#include "framework/report/summary.hpp"

#include "framework/report/results_json.hpp"
#include "framework/report/terminal_table.hpp"

#include <cmath>

#include "results_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::number;
using testing::small_study;

TEST(Summary, HasMeanMedianDeviationAndError) {
  auto results = small_study();
  results.rows[4].quantities[0].value = 1.3;  // none, trial 2, pythia: 0.8, 0.9, 1.3
  const auto auc = summarise(results).points[0].quantities.at(0);
  EXPECT_EQ(auc.trials, 3U);
  EXPECT_NEAR(auc.mean, 1.0, 1e-12);
  EXPECT_NEAR(auc.median, 0.9, 1e-12);
  EXPECT_NEAR(auc.deviation, std::sqrt(0.07), 1e-12);
  EXPECT_NEAR(auc.error, std::sqrt(0.07 / 3), 1e-12);
}

TEST(Summary, TheMedianOfTwoIsTheirMean) {
  auto results = small_study();
  std::erase_if(results.rows, [](const auto& row) { return row.coordinates[1] == "2"; });
  EXPECT_NEAR(summarise(results).points[0].quantities.at(0).median, 0.85, 1e-12);
}

TEST(Summary, GainsArePairedByTrialWithThePointWithoutAttack) {
  const auto gains = summarise(small_study()).gains;
  ASSERT_EQ(gains.size(), 2U);  // one a test set
  EXPECT_EQ(gains[0].axis, "attack");
  EXPECT_EQ(gains[0].of, "fgsm");
  EXPECT_EQ(gains[0].minus, "none");
  EXPECT_THAT(gains[0].coordinates, ElementsAre("pythia"));
  const auto& auc = gains[0].quantities.at(0);
  // The trials scatter by 0.1, the gains by 0.01.
  EXPECT_NEAR(auc.mean, 0.02, 1e-12);
  EXPECT_NEAR(auc.error, 0.01 / std::sqrt(3), 1e-12);
}

TEST(Summary, GainsTakeTrialsThatBothHave) {
  auto results = small_study();
  std::erase_if(results.rows, [](const auto& row) {
    return row.coordinates[0] == "none" && row.coordinates[1] == "0";
  });
  EXPECT_EQ(summarise(results).gains.at(0).quantities.at(0).trials, 2U);
}

TEST(Summary, WithoutAPointCalledNoneThereAreNoGains) {
  auto results = small_study();
  std::erase_if(results.rows, [](const auto& row) { return row.coordinates[0] == "none"; });
  EXPECT_TRUE(summarise(results).gains.empty());
}

TEST(Summary, DifferencesAreBetweenTestSetsOfTheSameNetworks) {
  const auto differences = summarise(small_study()).differences;
  ASSERT_EQ(differences.size(), 2U);
  EXPECT_EQ(differences[0].of, "pythia");
  EXPECT_EQ(differences[0].minus, "herwig");
  EXPECT_THAT(differences[0].coordinates, ElementsAre("none"));
  EXPECT_NEAR(differences[0].quantities.at(0).mean, 0.1, 1e-12);
}

TEST(TerminalTable, GivesGainsTheirSignificanceForSoFewTrials) {
  // 0.02 +- 0.0058 is 3.46 errors; of 3 trials that is p = 0.0742, or 1.8 sigma.
  const auto table = terminal_table(summarise(small_study()));
  EXPECT_THAT(table, HasSubstr("test     gain                       auc\n"));
  EXPECT_THAT(table, HasSubstr("pythia   fgsm - none   0.0200 +- 0.0058   1.8 sigma\n"));
}

TEST(TerminalTable, SaysWhatTheUncertaintiesAreOf) {
  auto results = small_study();
  EXPECT_THAT(terminal_table(summarise(results)),
              HasSubstr("\n\n+- over 3 trials: error of the mean, same test events\n"));
  std::erase_if(results.rows, [](const auto& row) { return row.coordinates[1] != "0"; });
  const auto single = terminal_table(summarise(results));
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
  EXPECT_THAT(terminal_table(summarise(results)),
              HasSubstr("\nscored events: 60 of 'pythia' (20 signal), 101 to 106 of 'herwig'\n"));
  EXPECT_THAT(results_json(results), HasSubstr("\"events\": 60,\n   \"signal\": 20"));
}

TEST(TerminalTable, SaysWhyAValueOfTheStudyIsUndefined) {
  auto results = small_study();
  pipeline::MeasuredComparison one{"delta_s", {"fgsm", "herwig"}, 3, {number("delta_s", 0.5)}, {}};
  pipeline::MeasuredComparison other{"delta_s", {"fgsm", "pythia"}, 3, {}, {}};
  other.quantities.push_back({"delta_s", NAN, NAN, "the gap is small"});
  results.comparisons = {one, other};
  const auto table = terminal_table(summarise(results));
  EXPECT_THAT(table, HasSubstr("fgsm     herwig   delta_s   0.500 +- 0.010\n"));
  EXPECT_THAT(table, HasSubstr("fgsm     pythia   delta_s        undefined\n"));
  EXPECT_THAT(table, HasSubstr("undefined: the gap is small\n"));
}

TEST(ResultsJson, HoldsGainsWithTheirProbability) {
  const auto text = results_json(small_study());
  EXPECT_THAT(text, HasSubstr("\"gains\""));
  EXPECT_THAT(text, HasSubstr("\"minus\": \"none\""));
  // 1 - t / sqrt(t^2 + 2) with t^2 = 12.
  EXPECT_THAT(text, HasSubstr("\"p_value\": 0.0741799"));
}

TEST(ResultsJson, AComparisonOfTheWholeStudyHasNoCoordinates) {
  auto results = small_study();
  results.comparisons.push_back({"delta_s", {}, 0, {}, {}});
  results.comparisons[0].quantities.push_back({"delta_s", NAN, NAN, "there is one domain"});
  const auto text = results_json(results);
  EXPECT_THAT(text, HasSubstr("\"undefined\": \"there is one domain\""));
  EXPECT_THAT(text, HasSubstr("\"point\": {}"));
  EXPECT_THAT(text, Not(HasSubstr("NaN")));
}

}  // namespace
}  // namespace steppe::report
