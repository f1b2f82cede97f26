// One table in four languages.
#include "framework/report/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace steppe::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Two attacks; a number with an error, one that is missing, one with a p-value.
Table small_table() {
  return {"small",
          "Small",
          {"attack", "auc", "gain"},
          1,
          {{{"none"}, {"", 0.9178, 0.0021}, {"-"}},
           {{"a, b"}, {"undefined"}, {"", -1.5e-7, 2e-8, 0.0125}}}};
}

TEST(TableCsv, HasEveryNumberInAColumnOfItsOwn) {
  EXPECT_EQ(to_csv(small_table()),
            "attack,auc,auc_error,gain,gain_error,gain_p_value\r\n"
            "none,0.9178,0.0021,,,\r\n"
            "\"a, b\",,,-1.5e-07,2e-08,0.0125\r\n");
}

TEST(TableCsv, LeavesOutErrorsThatNoRowHas) {
  const Table table{"t", "T", {"data", "events"}, 1, {{{"jets"}, {"", 40000}}}};
  EXPECT_EQ(to_csv(table), "data,events\r\njets,40000\r\n");
}

TEST(TableLatex, HasRulesAlignmentAndUncertainties) {
  const auto text = to_latex(small_table());
  EXPECT_THAT(text, HasSubstr("\\begin{tabular}{lrr}\n\\toprule\nattack & auc & gain \\\\\n"));
  EXPECT_THAT(text, HasSubstr("\nnone & $0.9178 \\pm 0.0021$ & {-} \\\\\n"));
  EXPECT_THAT(text, HasSubstr("($p = 0.013$) \\\\\n\\bottomrule\n\\end{tabular}\n"));
}

TEST(TableLatex, WritesPowersOfTen) {
  const Table table{"t", "T", {"x"}, 0, {{{"", 1.5e-7}}, {{"", 3e20}}}};
  EXPECT_THAT(to_latex(table), HasSubstr("$1.5 \\times 10^{-7}$"));
  EXPECT_THAT(to_latex(table), HasSubstr("$3 \\times 10^{20}$"));
}

TEST(TableJson, IsAListOfRowsByColumn) {
  const auto rows = nlohmann::json::parse(to_json(small_table()));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("attack"), "none");
  EXPECT_EQ(rows[0].at("auc"), (nlohmann::json{{"value", 0.9178}, {"error", 0.0021}}));
  EXPECT_EQ(rows[1].at("auc"), (nlohmann::json{{"value", nullptr}, {"error", nullptr}}));
  EXPECT_EQ(rows[0].at("gain"),
            (nlohmann::json{{"value", nullptr}, {"error", nullptr}, {"p_value", nullptr}}));
  EXPECT_EQ(rows[1].at("gain").at("p_value"), 0.0125);
}

TEST(TableJson, HasAllDigits) {
  const Table table{"t", "T", {"x"}, 0, {{{"", 1.0 / 3}}}};
  EXPECT_EQ(nlohmann::json::parse(to_json(table))[0].at("x").at("value").get<double>(), 1.0 / 3);
}

TEST(TableHtml, TellsUncertaintiesSignificanceAndWhyNumbersAreMissing) {
  auto table = small_table();
  table.reasons = {"no events"};
  const auto html = to_html(table);
  EXPECT_THAT(html, HasSubstr("<td class=\"n\">0.9178 ± 0.0021</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"n\">-</td>"));
  EXPECT_THAT(html, HasSubstr("<td class=\"n\">undefined</td>"));
  // 2.5 sigma of a normal distribution are a two-sided probability of 0.0124.
  EXPECT_THAT(html, HasSubstr("p = 0.013 (2.5 σ)"));
  EXPECT_THAT(html, HasSubstr("undefined: no events"));
  EXPECT_THAT(html, HasSubstr("role=\"region\" aria-label=\"Small\""));
}

TEST(TableHtml, WrapsLongTextsOnly) {
  Table table{"t", "T", {"name"}, 1, {{{"attack"}}}};
  EXPECT_THAT(to_html(table), HasSubstr("<td>attack</td>"));
  table.rows[0][0].text = std::string(60, 'x');
  EXPECT_THAT(to_html(table), HasSubstr("<td class=\"w\">xxx"));
  EXPECT_THAT(to_html(table), Not(HasSubstr("<div class=\"long\">")));
  table.rows[0][0].text = std::string(1000, 'x');
  EXPECT_THAT(to_html(table), HasSubstr("<td class=\"w\"><div class=\"long\">xxx"));
}

}  // namespace
}  // namespace steppe::report
