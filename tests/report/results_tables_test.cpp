// The tables of a study from its results.json, against means in closed form.
#include "framework/report/results_tables.hpp"

#include <cmath>

#include "report_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using testing::drawn_results;
using testing::drawn_study;
using ::testing::ElementsAre;

const Table* find(const std::vector<Table>& tables, const std::string& id) {
  for (const auto& table : tables)
    if (table.id == id) return &table;
  return nullptr;
}

TEST(ResultsTables, AreOneOfEachKindThatHasRows) {
  std::vector<std::string> ids;
  for (const auto& table : results_tables(drawn_results())) ids.push_back(table.id);
  EXPECT_THAT(ids, ElementsAre("points", "differences_test", "gains_attack", "measure_walk", "data",
                               "trainings"));
}

TEST(ResultsTables, HaveMeansWithTheErrorOfTheMean) {
  const auto tables = results_tables(drawn_results());
  const auto& points = *find(tables, "points");
  EXPECT_THAT(points.columns, ElementsAre("attack", "test", "auc"));
  EXPECT_EQ(points.text_columns, 2U);
  ASSERT_EQ(points.rows.size(), 4U);
  const auto& row = points.rows[3];  // 0.71, 0.82, 0.93
  EXPECT_EQ(row[0].text, "fgsm");
  EXPECT_EQ(row[1].text, "herwig");
  EXPECT_NEAR(row[2].value, 0.82, 1e-12);
  EXPECT_NEAR(row[2].error, 0.11 / std::sqrt(3), 1e-12);
  EXPECT_TRUE(std::isnan(row[2].p_value));
}

TEST(ResultsTables, GainsHaveProbabilities) {
  const auto tables = results_tables(drawn_results());
  const auto& gains = *find(tables, "gains_attack");
  EXPECT_THAT(gains.columns, ElementsAre("test", "gain", "auc"));
  EXPECT_EQ(gains.rows[0][1].text, "fgsm - none");
  EXPECT_NEAR(gains.rows[0][2].value, 0.02, 1e-12);
  // Student's t with 2 degrees of freedom at t = 2 sqrt(3): 1 - t / sqrt(2 + t^2).
  EXPECT_NEAR(gains.rows[0][2].p_value, 1 - std::sqrt(12.0 / 14), 1e-9);
}

TEST(ResultsTables, TrainingsHaveTheLastAndTheLowestLoss) {
  const auto tables = results_tables(drawn_results());
  const auto& trainings = *find(tables, "trainings");
  EXPECT_THAT(trainings.columns,
              ElementsAre("attack", "trial", "parameters", "train_events", "validation_events",
                          "epochs", "last loss", "lowest validation loss"));
  const auto& row = trainings.rows[2];  // none, trial 2
  EXPECT_EQ(row[5].value, 2);
  EXPECT_EQ(row[6].value, 2.5);
  EXPECT_EQ(row[7].value, 3.5);
}

TEST(ResultsTables, SayWhyANumberIsMissing) {
  auto study = drawn_study();
  study.comparisons = {{"delta_s", {"fgsm", "pythia"}, 3, {{"delta_s", 0, 0, "no gap"}}, {}},
                       {"delta_s", {"fgsm", "herwig"}, 3, {{"delta_s", 0, 0, "no gap"}}, {}}};
  const auto tables = results_tables(Json::parse(results_json(study)));
  const auto& table = *find(tables, "metric_delta_s");
  EXPECT_EQ(table.rows[0][2].text, "undefined");
  EXPECT_TRUE(std::isnan(table.rows[0][2].value));
  EXPECT_THAT(table.reasons, ElementsAre("no gap"));
}

TEST(AnswerTable, HasTheMetricAndItsGainWhereThereIsOne) {
  const auto answer = answer_table(drawn_results());
  EXPECT_THAT(answer.columns, ElementsAre("attack", "test", "auc", "gain in auc over none"));
  ASSERT_EQ(answer.rows.size(), 4U);
  EXPECT_EQ(answer.rows[0][3].text, "-");  // none itself
  EXPECT_TRUE(std::isnan(answer.rows[0][3].value));
  EXPECT_NEAR(answer.rows[2][3].value, 0.02, 1e-12);
}

TEST(AnswerTable, IsEmptyWithoutRows) {
  auto study = drawn_study();
  study.rows.clear();
  EXPECT_TRUE(answer_table(Json::parse(results_json(study))).rows.empty());
}

TEST(LeadingAxis, IsTheOneWithGains) {
  EXPECT_EQ(leading_axis(drawn_results()), "attack");
  auto results = drawn_results();
  results["gains"] = Json::array();
  results["axes"] = {"trial", "size", "test"};
  EXPECT_EQ(leading_axis(results), "size");
  results["axes"] = {"trial", "test"};
  EXPECT_EQ(leading_axis(results), "");
}

TEST(PlaceOf, NamesAxesInTheirOrder) {
  const Json point = {{"train", "pythia"}, {"attack", "none"}};
  EXPECT_EQ(place_of(point), "train = pythia, attack = none");
  EXPECT_EQ(place_of(point, {"train"}), "attack = none");
}

}  // namespace
}  // namespace steppe::report
