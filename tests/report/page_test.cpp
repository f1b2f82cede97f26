// The page of a run and the files beside it, with figures and without gnuplot.
#include "framework/report/page.hpp"

#include "framework/report/plot.hpp"
#include "framework/report/report_folder.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include "path_fixture.hpp"
#include "report_fixture.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

namespace fs = std::filesystem;
using testing::drawn_results;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Path;
using testing::small_record;

/// A new folder for one test.
fs::path empty_folder() {
  auto name = ::testing::TempDir() +
              ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".XXXXXX";
  EXPECT_NE(::mkdtemp(name.data()), nullptr);
  return name;
}

std::string content(const fs::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

bool has_gnuplot() { return std::system("gnuplot --version >/dev/null 2>&1") == 0; }

const Figures two_figures{
    {{"points_1", "The points.", "<svg role=\"img\" aria-label=\"p\"></svg>", ""},
     {"roc_1", "The curves.", "<svg role=\"img\" aria-label=\"r\"></svg>", ""}},
    {"a figure is missing"}};

TEST(Page, SaysTheCommitWhereTheRecordHasOne) {
  auto record = small_record();
  EXPECT_THAT(page(drawn_results(), record, two_figures), Not(HasSubstr("<dt>git</dt>")));
  record["git"] = {{"commit", "0a1b"}, {"branch", "<b>"}, {"dirty", true}};
  EXPECT_THAT(page(drawn_results(), record, two_figures),
              HasSubstr("0a1b on &lt;b&gt;, and changes that are in no commit"));
}

TEST(SvgElement, BeginsAtTheTagAndIsLabelled) {
  const auto svg = svg_element("<?xml version=\"1.0\"?>\n<svg width=\"1\"><g></g></svg>", "a",
                               "the \"caption\"");
  EXPECT_EQ(svg,
            "<svg role=\"img\" aria-label=\"the &quot;caption&quot;\"  width=\"1\">"
            "<g></g></svg>");
}

TEST(SvgElement, HasIdsOfItsOwnAndNoToolTips) {
  const auto svg = svg_element(
      "<svg><title>t</title><desc>d</desc><g id='x'><use xlink:href='#x' clip-path=\"url(#x)\"/>"
      "</g><text>id='x'</text></svg>",
      "roc_1", "c");
  EXPECT_THAT(svg, HasSubstr("<g id='roc_1-x'><use xlink:href='#roc_1-x' "
                             "clip-path=\"url(#roc_1-x)\"/></g><text>id='x'</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<title>")));
  EXPECT_THAT(svg, Not(HasSubstr("<desc>")));
}

TEST(SvgElement, IsEmptyWithoutAWholePicture) {
  EXPECT_EQ(svg_element("", "a", "c"), "");
  EXPECT_EQ(svg_element("<svg><g>", "a", "c"), "");
}

TEST(Page, HasAnswerFiguresTablesAndRecordInThisOrder) {
  const auto html = page(drawn_results(), small_record(), two_figures);
  std::size_t last = 0;
  for (const auto* id : {"answer", "figures", "tables", "record"}) {
    const auto at = html.find("<section id=\"" + std::string{id} + "\">");
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    last = at;
  }
  EXPECT_THAT(html, HasSubstr("<title>small</title>"));
  EXPECT_THAT(html, HasSubstr("Everything ran."));
}

TEST(Page, TheAnswerHasHighestLowestAndTheLargestGain) {
  const auto html = page(drawn_results(), small_record(), {});
  EXPECT_THAT(html,
              HasSubstr("Tested on herwig: highest auc <b>0.820 ± 0.064</b> at attack = fgsm; "
                        "lowest <b>0.800 ± 0.058</b> at attack = none."));
  EXPECT_THAT(html, HasSubstr("Largest of 2 gains in auc over none: <b>0.0200 ± 0.0058</b> by fgsm "
                              "at test = pythia (p = 0.074, 1.8\u00a0σ)."));
}

TEST(Page, EveryFigureIsThereOnceWithItsLabelAndCaption) {
  const auto html = page(drawn_results(), small_record(), two_figures);
  for (const auto& figure : two_figures.drawn) {
    const auto tag = "<figure id=\"" + figure.id + "\">\n" + figure.svg;
    const auto at = html.find(tag);
    ASSERT_NE(at, std::string::npos);
    EXPECT_EQ(html.find(tag, at + 1), std::string::npos);
    EXPECT_THAT(html, HasSubstr("<figcaption>" + figure.caption));
  }
  EXPECT_THAT(html, HasSubstr("a figure is missing"));
}

TEST(Page, AsksForNothingOutside) {
  const auto html = page(drawn_results(), small_record(), draw(plots_of(drawn_results())));
  EXPECT_THAT(html, HasSubstr("default-src 'none'; style-src 'unsafe-inline'"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  const std::regex address{"[a-z]+://[^\"' <]*"};
  for (std::sregex_iterator at{html.begin(), html.end(), address}, end; at != end; ++at)
    EXPECT_THAT(at->str(),
                ::testing::AnyOf("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"));
}

TEST(Page, TellsFailuresAndGatesThatDoNotHold) {
  auto record = small_record();
  record["failures"] = {{{"node", "fit"}, {"error", "loss is not finite"}}};
  record["gates"] = {{{"that", "auc > 1"}, {"at", "a:1:1"}, {"holds", false}, {"reason", "0.9"}},
                     {{"that", "auc > 0"}, {"at", "a:2:1"}, {"holds", true}, {"reason", ""}}};
  const auto html = page(drawn_results(), record, {});
  EXPECT_THAT(html, HasSubstr("Not all is well."));
  EXPECT_THAT(html, HasSubstr("failed: fit: loss is not finite"));
  EXPECT_THAT(html, HasSubstr("gate failed: <code>auc &gt; 1</code>: 0.9"));
  EXPECT_THAT(html, Not(HasSubstr("Everything ran")));
}

TEST(Page, SaysWhenNothingWasMeasured) {
  auto study = testing::drawn_study();
  study.rows.clear();
  EXPECT_THAT(page(Json::parse(results_json(study)), small_record(), {}),
              HasSubstr("Nothing was measured at any point."));
}

TEST(Page, ALongTableOpensWhenAsked) {
  auto study = testing::drawn_study();
  const auto html = [&] { return page(Json::parse(results_json(study)), small_record(), {}); };
  EXPECT_THAT(html(), Not(HasSubstr("<summary>Trainings ")));
  for (int i = 0; i < 20; ++i) study.trainings.push_back(study.trainings.front());
  EXPECT_THAT(html(), HasSubstr("<summary>Trainings "));
  EXPECT_THAT(html(), HasSubstr("</span> (26)</summary>"));
}

TEST(ReportFolder, HasEveryTableInThreeLanguages) {
  const auto folder = empty_folder();
  write_report(folder, drawn_results(), small_record());
  for (const auto* table :
       {"answer", "points", "differences_test", "gains_attack", "measure_walk", "trainings"})
    for (const auto* ending : {".csv", ".tex", ".json"})
      EXPECT_GT(content(folder / "tables" / (std::string{table} + ending)).size(), 20U)
          << table << ending;
  EXPECT_EQ(content(folder / "tables" / "points.csv").find("attack,test,auc,auc_error\r\n"), 0U);
}

TEST(ReportFolder, HasFiguresInThePageAndAsPdf) {
  if (!has_gnuplot()) GTEST_SKIP() << "gnuplot is not installed";
  const auto folder = empty_folder();
  EXPECT_TRUE(write_report(folder, drawn_results(), small_record()).empty());
  for (const auto& plot : plots_of(drawn_results())) {
    EXPECT_THAT(content(folder / "report.html"),
                HasSubstr("<figure id=\"" + plot.id + "\">\n<svg"));
    EXPECT_EQ(content(folder / "figures" / (plot.id + ".pdf")).substr(0, 5), "%PDF-");
    EXPECT_EQ(content(folder / "figures" / (plot.id + ".svg")).find("<svg style="), 0U);
  }
}

TEST(ReportFolder, WithoutGnuplotThePageSaysWhatToInstall) {
  const auto folder = empty_folder();
  const Path none{folder.string()};
  const auto notes = write_report(folder, drawn_results(), small_record());
  ASSERT_EQ(notes.size(), 1U);
  EXPECT_THAT(notes[0], HasSubstr("install the package 'gnuplot-nox'"));
  EXPECT_THAT(content(folder / "report.html"), HasSubstr("gnuplot-nox"));
  EXPECT_THAT(content(folder / "report.html"), Not(HasSubstr("<figure")));
  EXPECT_FALSE(fs::exists(folder / "figures"));
  EXPECT_TRUE(fs::exists(folder / "tables" / "points.tex"));
}

TEST(ReportFolder, AGnuplotThatFailsIsANote) {
  const auto folder = empty_folder();
  {
    std::ofstream out{folder / "gnuplot"};
    out << "#!/bin/sh\necho 'out of ink' >&2\nexit 1\n";
  }
  fs::permissions(folder / "gnuplot", fs::perms::owner_all);
  const Path only{folder.string()};
  const auto notes = write_report(folder, drawn_results(), small_record());
  ASSERT_FALSE(notes.empty());
  EXPECT_THAT(notes[0], HasSubstr("was not drawn: gnuplot: out of ink"));
  EXPECT_TRUE(fs::exists(folder / "report.html"));
}

}  // namespace
}  // namespace steppe::report
