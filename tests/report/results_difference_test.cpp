// Two runs number by number, paired by trial where that is right.
#include "framework/report/results_difference.hpp"

#include "framework/report/student.hpp"

#include <cmath>

#include "report_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using testing::drawn_study;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Json results_of(const pipeline::StudyResults& study) { return Json::parse(results_json(study)); }

/// The trials of fgsm on pythia get 0.01, 0.02 and 0.03 more.
pipeline::StudyResults better() {
  auto out = drawn_study();
  for (auto& row : out.rows)
    if (row.coordinates[0] == "fgsm" && row.coordinates[2] == "pythia")
      row.quantities[0].value += 0.01 * (std::stod(row.coordinates[1]) + 1);
  return out;
}

TEST(ResultsDifference, OfARunAndItselfIsNone) {
  const auto found = results_difference(results_of(drawn_study()), results_of(drawn_study()));
  EXPECT_TRUE(found.same());
  EXPECT_EQ(found.same_values, 6U);  // four points, two walks
}

TEST(ResultsDifference, DoesNotLookAtTheName) {
  auto other = drawn_study();
  other.name = "other";
  EXPECT_TRUE(results_difference(results_of(drawn_study()), results_of(other)).same());
}

TEST(ResultsDifference, IsPairedByTrial) {
  const auto found = results_difference(results_of(drawn_study()), results_of(better()));
  EXPECT_FALSE(found.same());
  EXPECT_EQ(found.same_values, 5U);
  ASSERT_EQ(found.values.size(), 1U);
  const auto& value = found.values.front();
  EXPECT_EQ(value.point, (Json{{"attack", "fgsm"}, {"test", "pythia"}}));
  EXPECT_EQ(value.name, "auc");
  EXPECT_TRUE(value.paired);
  EXPECT_NEAR(value.difference.mean, 0.02, 1e-12);
  EXPECT_NEAR(value.difference.error, 0.01 / std::sqrt(3), 1e-12);
  EXPECT_NEAR(value.p_value, p_value(value.difference), 1e-12);
  EXPECT_NEAR(value.sigmas, sigmas_of(value.p_value), 1e-12);
}

TEST(ResultsDifference, OfAnotherSeedHasTheErrorsOfBoth) {
  auto other = better();
  other.seed = 2;
  const auto found = results_difference(results_of(drawn_study()), results_of(other));
  ASSERT_EQ(found.values.size(), 1U);
  const auto& value = found.values.front();
  EXPECT_FALSE(value.paired);
  EXPECT_NEAR(value.difference.mean, 0.02, 1e-12);
  EXPECT_NEAR(value.difference.error, std::hypot(value.first.error, value.second.error), 1e-12);
  EXPECT_NEAR(value.p_value, p_value(value.first, value.second), 1e-12);
  EXPECT_THAT(found.others, ElementsAre("the seed"));
}

TEST(ResultsDifference, OfOtherTrialsIsNotPaired) {
  auto other = better();
  std::erase_if(other.rows, [](const auto& row) { return row.coordinates[1] == "2"; });
  const auto found = results_difference(results_of(drawn_study()), results_of(other));
  for (const auto& value : found.values) EXPECT_FALSE(value.paired);
}

TEST(ResultsDifference, OfSingleTrialsHasTheMetricsOwnErrors) {
  auto one = drawn_study(), other = better();
  for (auto* study : {&one, &other})
    std::erase_if(study->rows, [](const auto& row) { return row.coordinates[1] != "0"; });
  const auto found = results_difference(results_of(one), results_of(other));
  ASSERT_EQ(found.values.size(), 1U);
  EXPECT_NEAR(found.values[0].difference.error, 0.01 * std::sqrt(2), 1e-12);
  EXPECT_TRUE(std::isnan(found.values[0].p_value));
  EXPECT_NEAR(found.values[0].sigmas, 1 / std::sqrt(2), 1e-12);
}

TEST(ResultsDifference, NamesPointsOfOneRunAlone) {
  auto other = drawn_study();
  for (auto& row : other.rows)
    if (row.coordinates[0] == "fgsm") row.coordinates[0] = "pgd";
  const auto found = results_difference(results_of(drawn_study()), results_of(other));
  EXPECT_THAT(found.only_first,
              ElementsAre("attack = fgsm, test = pythia", "attack = fgsm, test = herwig"));
  EXPECT_THAT(found.only_second,
              ElementsAre("attack = pgd, test = pythia", "attack = pgd, test = herwig"));
  EXPECT_FALSE(found.same());
}

TEST(ResultsDifference, SaysWhatAnUndefinedValueBecame) {
  auto other = drawn_study();
  for (auto& row : other.rows) row.quantities[0] = {"auc", 0, 0, "there is no signal"};
  const auto found = results_difference(results_of(drawn_study()), results_of(other));
  ASSERT_EQ(found.values.size(), 4U);
  EXPECT_EQ(found.values[0].second.undefined, 3U);
  EXPECT_EQ(found.values[0].difference.trials, 0U);
}

TEST(ResultsDifference, SeesCurvesAndHistories) {
  auto curves = drawn_study(), histories = drawn_study();
  curves.rows[0].curves[0].y[0] = 0.3;
  histories.trainings[0].history.epochs[0][0] = 0.3;
  const auto before = results_of(drawn_study());
  EXPECT_THAT(results_difference(before, results_of(curves)).others,
              ElementsAre("curves or numbers of events of points"));
  EXPECT_THAT(results_difference(before, results_of(histories)).others,
              ElementsAre("histories of trainings"));
  EXPECT_THAT(results_difference(before, results_of(histories)).values, IsEmpty());
}

}  // namespace
}  // namespace steppe::report
