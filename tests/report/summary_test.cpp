// Means over trials, and what is paired by trial.
#include "framework/report/summary.hpp"

#include "framework/report/results_json.hpp"

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
