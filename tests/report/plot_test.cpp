// What figures show, and what gnuplot is told to draw.
#include "framework/report/plot.hpp"

#include "framework/report/plot_script.hpp"

#include <cmath>

#include "report_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using testing::drawn_results;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Plot plot_called(const std::string& id) {
  for (auto& plot : plots_of(drawn_results()))
    if (plot.id == id) return plot;
  ADD_FAILURE() << "no plot " << id;
  return {};
}

TEST(Plots, AreMadeOfAllThatHasPointsOrCurves) {
  std::vector<std::string> ids;
  for (const auto& plot : plots_of(drawn_results())) ids.push_back(plot.id);
  EXPECT_THAT(ids,
              ::testing::IsSupersetOf({"points_1", "roc_1", "roc_2", "ascent_1", "history_1"}));
}

TEST(Plots, RejectionIsTheMeanOfOneOverTheBackgroundEfficiency) {
  const auto plot = plot_called("roc_1");
  ASSERT_EQ(plot.series.size(), 2U);
  EXPECT_EQ(plot.series[0].name, "none");
  EXPECT_EQ(plot.series[0].colour, 0U);  // black: the reference
  EXPECT_EQ(plot.series[1].colour, 1U);
  EXPECT_THAT(plot.series[0].x, ElementsAre(0.5, 1));
  EXPECT_NEAR(plot.series[0].y[0], (10 + 5 + 10.0 / 3) / 3, 1e-12);
  EXPECT_NEAR(plot.series[0].y[1], (5 + 2.5 + 5.0 / 3) / 3, 1e-12);
  EXPECT_TRUE(plot.log_y);
}

TEST(Plots, TheRatioIsTakenTrialByTrial) {
  const auto plot = plot_called("roc_1");
  ASSERT_EQ(plot.ratio.size(), 1U);
  EXPECT_EQ(plot.ratio[0].name, "fgsm");
  EXPECT_NEAR(plot.ratio[0].y[0], 2, 1e-12);  // in every trial, so there is no error
  EXPECT_NEAR(plot.ratio[0].high[0], 2, 1e-12);
}

TEST(Plots, ADotHasMeanAndErrorAtTheRowOfItsPlace) {
  const auto plot = plot_called("points_1");
  EXPECT_EQ(plot.x_label, "auc");
  EXPECT_EQ(plot.y_label, "test");
  EXPECT_THAT(plot.rows, ElementsAre("pythia", "herwig"));
  const auto& fgsm = plot.series.at(1);
  EXPECT_NEAR(fgsm.x.at(1), 0.82, 1e-12);
  EXPECT_NEAR(fgsm.high.at(1) - fgsm.x.at(1), 0.11 / std::sqrt(3), 1e-12);
  EXPECT_NEAR(fgsm.y.at(1), 1, 0.3);
}

TEST(Plots, WalksAndHistoriesHaveBandsOverTrials) {
  const auto walk = plot_called("ascent_1");
  EXPECT_THAT(walk.series.at(0).y, ElementsAre(0, 0.5, 2));
  EXPECT_NEAR(walk.series.at(0).high.at(2), 2 + 1 / std::sqrt(3), 1e-12);
  const auto history = plot_called("history_1");
  ASSERT_EQ(history.series.size(), 4U);
  EXPECT_THAT(history.series[0].x, ElementsAre(1, 2));
  EXPECT_THAT(history.series[0].y, ElementsAre(3, 2.5));  // validation
  EXPECT_TRUE(history.series[2].dashed);                  // training
  EXPECT_THAT(history.series[2].y, ElementsAre(2, 1.5));
}

TEST(PlotData, HasABlockASeries) {
  Plot plot;
  plot.series = {{"a", 0, false, {1}, {2}, {NAN}, {3}}, {"b", 1, false, {4}, {5}, {4.5}, {5.5}}};
  EXPECT_EQ(plot_data(plot), "1 2 NaN 3\n\n\n4 5 4.5 5.5\n\n\n");
}

TEST(PlotCommands, HaveTheRatioBelowOnItsOwnRange) {
  auto plot = plot_called("roc_1");
  auto& ratio = plot.ratio[0];
  // One of a hundred points far off does not stretch the panel.
  ratio.x.assign(100, 0.5);
  ratio.y.assign(100, 1.8);
  ratio.y[0] = 1000;
  ratio.low = ratio.high = ratio.y;
  const auto text = plot_commands(plot, "roc.dat");
  EXPECT_THAT(text, HasSubstr("set multiplot"));
  EXPECT_THAT(text, HasSubstr("set yrange [0.8:2]\nset ytics 0.2"));
  EXPECT_THAT(text, HasSubstr("data index 2 using 1:2"));  // after the two of the frame above
  EXPECT_THAT(text, HasSubstr("'10³' 1e3"));
  EXPECT_THAT(text, HasSubstr("set xrange [0:1]"));
}

TEST(PlotCommands, TheFrameOfRejectionsReachesAboveTheHighest) {
  const auto plot = plot_called("roc_1");  // fgsm at 0.5: 2 * 55 / 9
  EXPECT_THAT(plot_commands(plot, "roc.dat"), HasSubstr("set yrange [1:36.67]"));
}

TEST(PlotCommands, DotsHaveFewTicksAndAllRows) {
  const auto text = plot_commands(plot_called("points_1"), "points.dat");
  EXPECT_THAT(text, HasSubstr("set ytics nomirror ('pythia' 0, 'herwig' 1)"));
  EXPECT_THAT(text, HasSubstr("set yrange [1.6:-0.6]"));
  EXPECT_THAT(text, HasSubstr("set xtics 0.05\n"));  // from 0.742 to 0.984
}

TEST(PlotCommands, TheLegendAboveTheFrameHasAsManyColumnsAsItsNamesAllow) {
  auto plot = plot_called("history_1");
  EXPECT_THAT(plot_commands(plot, "h.dat"), HasSubstr("maxcols 5\nset tmargin 2.15\n"));
  plot.title = "train = pythia";  // a line more
  EXPECT_THAT(plot_commands(plot, "h.dat"), HasSubstr("maxcols 5\nset tmargin 3.35\n"));
  plot.series[0].name = std::string(50, 'x');
  EXPECT_THAT(plot_commands(plot, "h.dat"), HasSubstr("maxcols 1\nset tmargin 4.60\n"));
}

TEST(PlotCommands, EpochsAreWholeAndASinglePointIsSeen) {
  auto plot = plot_called("history_1");
  EXPECT_THAT(plot_commands(plot, "h.dat"), HasSubstr("set xtics 1\n"));
  EXPECT_THAT(plot_commands(plot, "h.dat"), Not(HasSubstr("linespoints")));
  for (auto& series : plot.series)
    for (auto* list : {&series.x, &series.y, &series.low, &series.high}) list->resize(1);
  EXPECT_THAT(plot_commands(plot, "h.dat"), HasSubstr("linespoints"));
}

TEST(PlotCommands, ASeriesWithoutErrorsHasNoBand) {
  auto plot = plot_called("ascent_1");
  EXPECT_THAT(plot_commands(plot, "a.dat"), HasSubstr("filledcurves"));
  for (auto& series : plot.series) series.low.assign(series.x.size(), NAN);
  EXPECT_THAT(plot_commands(plot, "a.dat"), Not(HasSubstr("filledcurves")));
}

}  // namespace
}  // namespace steppe::report
