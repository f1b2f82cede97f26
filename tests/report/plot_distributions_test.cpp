// Figures and table of distributions, from results made by hand.
#include "framework/report/plot_distributions.hpp"

#include "framework/report/distribution_table.hpp"
#include "framework/report/histogram_line.hpp"
#include "framework/report/plot_script.hpp"
#include "framework/report/results_json.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsNan;
using ::testing::Pointwise;
using ::testing::SizeIs;

data::Histogram counted(const std::vector<double>& numbers) {
  data::Histogram out;
  for (const double n : numbers) out.bins.push_back({n, n});
  out.events = 10;
  return out;
}

/// The mass of two data sets in bins from 0 to 2 and from 2 to 4 GeV, by class.
pipeline::StudyResults two_data_sets() {
  pipeline::StudyResults out;
  out.name = "small";
  out.axes = {"attack", "trial", "test"};
  auto& one = out.distributions.emplace_back();
  one.name = "jets";
  one.split = "train";
  one.column = "jet.n_mass";
  one.unit = "GeV";
  one.edges = {0, 2, 4};
  one.histograms = {{"features.pythia", "background", counted({64, 36})},
                    {"features.herwig", "background", counted({50, 50})},
                    {"features.pythia", "signal", counted({25, 75})},
                    {"features.herwig", "signal", counted({0, 100})}};
  one.comparisons = {
      {"signal",
       "features.herwig",
       "features.pythia",
       {{"separation", 0.25, 0.03, ""}, {"chi2_per_ndf", 4, NAN, ""}, {"ndf", 1, NAN, ""}}}};
  return out;
}

Json json_of(const pipeline::StudyResults& results) { return Json::parse(results_json(results)); }

TEST(HistogramLine, HasTwoPointsABin) {
  const auto line = line_of({{0, 1, 5, 2}, {1, 3, 4, 1}});
  EXPECT_THAT(line.x, ElementsAre(0, 1, 1, 3));
  EXPECT_THAT(line.y, ElementsAre(5, 5, 4, 4));
  EXPECT_THAT(line.low, ElementsAre(3, 3, 3, 3));
  EXPECT_THAT(line.high, ElementsAre(7, 7, 5, 5));
}

TEST(HistogramLine, IsBrokenWhereABinIsMissing) {
  const auto line = line_of({{0, 1, 5, 2}, {2, 3, 4, 1}});
  EXPECT_THAT(line.y, ElementsAre(5, 5, IsNan(), 4, 4));
  Plot plot;
  plot.series = {line};
  // A lone empty line breaks it; two would end the series.
  EXPECT_EQ(plot_data(plot), "0 5 3 7\n1 5 3 7\n\n2 4 3 5\n3 4 3 5\n\n\n");
}

TEST(HistogramLine, IsLiftedToAPowerOfTen) {
  std::vector list{line_of({{0, 1, 0, 0}, {1, 2, 0.03, 0.5}, {2, 3, 7, 1}})};
  lift(list);
  EXPECT_THAT(list[0].y, ElementsAre(0.01, 0.01, 0.03, 0.03, 7, 7));
  EXPECT_THAT(list[0].low, ElementsAre(0.01, 0.01, 0.01, 0.01, 6, 6));
}

TEST(ColumnPlots, HaveFractionsAndTheRatioToTheFirstDataSet) {
  const auto plots = column_plots(json_of(two_data_sets()));
  ASSERT_THAT(plots, SizeIs(1));
  const auto& plot = plots[0];
  EXPECT_EQ(plot.x_label, "jet number of mass [GeV]");
  EXPECT_EQ(plot.y_label, "fraction of events / 2 GeV");
  EXPECT_EQ(plot.title, "jets: split train");
  EXPECT_EQ(plot.ratio_label, "ratio to pythia");
  ASSERT_THAT(plot.series, SizeIs(4));
  EXPECT_EQ(plot.series[0].name, "pythia, background");
  EXPECT_EQ(plot.series[0].colour, 0U);
  EXPECT_TRUE(plot.series[0].dashed);
  EXPECT_THAT(plot.series[0].y, Pointwise(DoubleEq(), {0.64, 0.64, 0.36, 0.36}));
  EXPECT_THAT(plot.series[0].high, Pointwise(DoubleEq(), {0.72, 0.72, 0.42, 0.42}));
  EXPECT_EQ(plot.series[3].name, "herwig, signal");
  EXPECT_EQ(plot.series[3].colour, 1U);
  EXPECT_FALSE(plot.series[3].dashed);

  ASSERT_THAT(plot.ratio, SizeIs(2));
  EXPECT_DOUBLE_EQ(plot.ratio[0].y[0], 50.0 / 64);
  EXPECT_DOUBLE_EQ(plot.ratio[0].high[0] - plot.ratio[0].y[0],
                   50.0 / 64 * std::sqrt(1.0 / 50 + 1.0 / 64));
  // An empty bin has no ratio.
  EXPECT_THAT(plot.ratio[1].x, ElementsAre(2, 4));
}

TEST(ColumnPlots, CountWhatLiesOutsideInTheFractions) {
  auto results = two_data_sets();
  results.distributions[0].histograms[0].histogram.overflow = {100, 100};
  EXPECT_DOUBLE_EQ(column_plots(json_of(results))[0].series[0].y[0], 0.32);
}

TEST(ColumnPlots, OfOneDataSetHaveNoRatioAndColoursByClass) {
  auto results = two_data_sets();
  auto& one = results.distributions[0];
  one.histograms = {{"a", "class 0", counted({1, 2})},
                    {"a", "class 1", counted({2, 1})},
                    {"a", "class 2", counted({2, 2})}};
  const auto plots = column_plots(json_of(results));
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_THAT(plots[0].ratio, IsEmpty());
  EXPECT_EQ(plots[0].series[2].name, "class 2");
  EXPECT_EQ(plots[0].series[2].colour, 2U);
}

TEST(ColumnPlots, OfManyClassesHaveOneEach) {
  auto results = two_data_sets();
  auto& all = results.distributions[0].histograms;
  all.clear();
  for (const std::string events : {"class 0", "class 1", "class 2"})
    for (const std::string data : {"x.a", "y.a"}) all.push_back({data, events, counted({4, 5})});
  const auto plots = column_plots(json_of(results));
  ASSERT_THAT(plots, SizeIs(3));
  EXPECT_EQ(plots[1].title, "jets: split train, class 1");
  EXPECT_THAT(plots[1].series, SizeIs(2));
  // Branches of one name do not tell data sets apart.
  EXPECT_EQ(plots[1].ratio_label, "ratio to x.a");
}

/// Densities of two bins by attack, trial and test set, each with the error 0.1.
pipeline::StudyResults scored() {
  pipeline::StudyResults out;
  out.axes = {"attack", "trial", "test"};
  for (const std::string attack : {"none", "fgsm"})
    for (int trial = 0; trial < 2; ++trial) {
      auto& row = out.rows.emplace_back();
      row.coordinates = {attack, std::to_string(trial), "pythia"};
      const double y = attack == "none" ? 1.5 : 1.2 + 0.3 * trial;
      for (const std::string events : {"signal", "background"}) {
        row.curves.push_back({"score_" + events, "score", "density", {0.25, 0.75}, {2 - y, y}});
        row.curves.push_back(
            {"score_" + events + "_error", "score", "error", {0.25, 0.75}, {0.1, 0.1}});
      }
    }
  return out;
}

std::vector<Plot> score_plots_of(const pipeline::StudyResults& results) {
  return score_plots(json_of(results), "attack",
                     [](const std::string& one) { return one == "none" ? 0U : 3U; });
}

TEST(ScorePlots, HaveTheMeanOverTrialsWithBothErrors) {
  const auto plots = score_plots_of(scored());
  ASSERT_THAT(plots, SizeIs(1));
  EXPECT_EQ(plots[0].title, "test = pythia");
  ASSERT_THAT(plots[0].series, SizeIs(4));
  const auto& fgsm = plots[0].series[1];
  EXPECT_EQ(fgsm.name, "fgsm");
  EXPECT_EQ(fgsm.colour, 3U);
  EXPECT_THAT(fgsm.x, ElementsAre(0, 0.5, 0.5, 1));
  EXPECT_DOUBLE_EQ(fgsm.y[2], 1.35);
  // 1.2 and 1.5: error of the mean 0.15; statistical error 0.1.
  EXPECT_DOUBLE_EQ(fgsm.high[2] - fgsm.y[2], std::hypot(0.15, 0.1));
  EXPECT_TRUE(plots[0].series[2].dashed);
  EXPECT_EQ(plots[0].series[2].name, "");
}

TEST(ScorePlots, HaveTheRatioToNoneTrialByTrial) {
  const auto plot = score_plots_of(scored()).at(0);
  ASSERT_THAT(plot.ratio, SizeIs(2));
  EXPECT_DOUBLE_EQ(plot.ratio[0].y[2], (1.2 / 1.5 + 1) / 2);
  EXPECT_NEAR(plot.ratio[0].high[2] - plot.ratio[0].y[2], 0.1, 1e-12);
}

TEST(ScorePlots, LeaveOutRatiosToWhatIsNotKnown) {
  auto results = scored();
  for (auto& row : results.rows)
    if (row.coordinates[0] == "none") row.curves[1].y = {0.3, 0.1};  // of a density of 0.5
  EXPECT_THAT(score_plots_of(results).at(0).ratio[0].x, ElementsAre(0.5, 1));
}

TEST(ScorePlots, AreNotThereWithoutTheMetric) {
  EXPECT_THAT(score_plots_of(two_data_sets()), IsEmpty());
}

TEST(DistributionTable, HasTheDistancesOfEveryPair) {
  const auto table = distribution_table(json_of(two_data_sets()));
  ASSERT_THAT(table.rows, SizeIs(1));
  EXPECT_EQ(table.rows[0][2].text, "jet.n_mass");
  EXPECT_EQ(table.rows[0][4].text, "features.herwig");
  EXPECT_EQ(table.rows[0][6].value, 0.25);
  EXPECT_EQ(table.rows[0][6].error, 0.03);
  EXPECT_EQ(table.rows[0][7].value, 4);
}

TEST(DistributionTable, SaysWhyThereIsNoDistance) {
  auto results = two_data_sets();
  results.distributions[0].comparisons[0].quantities[0] = {"separation", NAN, NAN, "it is empty"};
  const auto table = distribution_table(json_of(results));
  EXPECT_EQ(table.rows[0][6].text, "undefined");
  EXPECT_THAT(table.reasons, ElementsAre("it is empty"));
}

}  // namespace
}  // namespace steppe::report
