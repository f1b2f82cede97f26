// Hostile texts on their way into other languages.
#include "framework/report/escape.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto replacement = "\xEF\xBF\xBD";

/// Texts that have broken programs.
std::vector<std::string> hostile() {
  return {"",
          "<script>alert(1)</script>",
          "\" onload='x' \\",
          "$x_1^2$ % # & {} ~ \\input{/etc/passwd}",
          "two\nlines\r\nand\ttabs",
          "a\0b"s,
          "\x1b[31mred\x07\x7f",
          "\u009b31m",
          "safe\u202Etxt.exe\u2066\u200b\ufeff",
          "\xED\xA0\x80 \xC0\xAF \xFF\xFE \xE2\x82",
          "=cmd|'/C calc'!A0",
          "@SUM(A1)",
          "-1+1",
          "+1e5",
          "]]>&amp;<!--",
          "‰ é 漢字 👩‍🚀",
          std::string(10'000, 'x')};
}

/// Characters 0 to 31 and 127 of `text`.
std::size_t controls(const std::string& text) {
  std::size_t count = 0;
  for (const unsigned char c : text) count += c < 0x20 || c == 0x7F ? 1 : 0;
  return count;
}

TEST(EscapeMarkup, LeavesNoElementNoQuoteAndNoControlCharacter) {
  for (const auto& text : hostile()) {
    const auto out = escape_markup(text);
    EXPECT_EQ(out.find_first_of("<>\"'"), std::string::npos) << out;
    EXPECT_EQ(controls(out), 0U);
  }
}

TEST(EscapeMarkup, WritesEveryAmpersandAsAnEntity) {
  EXPECT_EQ(escape_markup("a & &amp; 'b' \"c\" <d>"),
            "a &amp; &amp;amp; &#39;b&#39; &quot;c&quot; &lt;d&gt;");
}

TEST(EscapeMarkup, KeepsLineEndsAndTabsWhereAnAttributeWouldLoseThem) {
  EXPECT_EQ(escape_markup("a\nb\tc\r"), "a&#10;b&#9;c&#13;");
}

TEST(EscapeMarkup, ReplacesWhatIsNoText) {
  EXPECT_EQ(escape_markup("a\0b\x1b"s), "a"s + replacement + "b" + replacement);
  EXPECT_EQ(escape_markup("\u009b"), replacement);
  EXPECT_EQ(escape_markup("\u202E"), replacement);
  // A lone surrogate, an overlong slash, and the first two bytes of three.
  EXPECT_EQ(escape_markup("\xC0\xAF"), std::string{replacement} + replacement);
  EXPECT_EQ(escape_markup("\xE2\x82"), std::string{replacement} + replacement);
  EXPECT_THAT(escape_markup("\xED\xA0\x80!"), Not(HasSubstr("\xED")));
}

TEST(EscapeMarkup, LeavesForeignLettersAlone) {
  EXPECT_EQ(escape_markup("é 漢字 👩‍🚀"), "é 漢字 👩‍🚀");
}

/// What is left of LaTeX once everything that `escape_latex` writes is taken away.
std::string specials_in(std::string text) {
  for (const auto* written :
       {"\\textbackslash{}", "\\textasciitilde{}", "\\textasciicircum{}", "\\textless{}",
        "\\textgreater{}", "\\textbar{}", "\\textquotedbl{}", "\\textasciigrave{}", "{-}", "{[}",
        "{]}", "\\&", "\\%", "\\$", "\\#", "\\_", "\\{", "\\}"})
    for (auto at = text.find(written); at != std::string::npos; at = text.find(written))
      text.replace(at, std::char_traits<char>::length(written), 1, ' ');
  std::string out;
  for (const char c : text)
    if (std::string_view{"\\{}$&#^_~%[]\"`|<>-"}.find(c) != std::string_view::npos) out += c;
  return out;
}

TEST(EscapeLatex, LeavesNoCharacterWithAMeaning) {
  for (const auto& text : hostile()) {
    const auto out = escape_latex(text);
    EXPECT_EQ(specials_in(out), "") << out;
    EXPECT_EQ(controls(out), 0U);
  }
}

TEST(EscapeLatex, KeepsTwoDashesTwo) { EXPECT_EQ(escape_latex("a--b"), "a{-}{-}b"); }

TEST(EscapeLatex, LineEndsAreSpaces) { EXPECT_EQ(escape_latex("a\n\nb\r"), "a  b "); }

/// A cell read as RFC 4180 has it.
std::string read_back(const std::string& cell) {
  if (!cell.starts_with('"')) return cell;
  std::string out;
  for (std::size_t i = 1; i + 1 < cell.size(); ++i) {
    out += cell[i];
    if (cell[i] == '"') ++i;
  }
  return out;
}

TEST(EscapeCsv, GivesEveryTextBackButForTheApostropheOfFormulas) {
  for (const auto& text : hostile()) {
    const auto back = read_back(escape_csv(text));
    EXPECT_EQ(back.starts_with('\'') ? back.substr(1) : back, text);
  }
}

TEST(EscapeCsv, NothingBeginsAFormula) {
  for (const auto& text : hostile()) {
    const auto back = read_back(escape_csv(text));
    if (back.empty() || back == "+1e5") continue;
    EXPECT_EQ(std::string_view{"=+-@\t\r\n"}.find(back.front()), std::string_view::npos) << back;
  }
  EXPECT_EQ(escape_csv("=cmd|'/C calc'!A0"), "\"'=cmd|'/C calc'!A0\"");
  EXPECT_EQ(escape_csv("@SUM(A1)"), "\"'@SUM(A1)\"");
  EXPECT_EQ(escape_csv("-1+1"), "\"'-1+1\"");
}

TEST(EscapeCsv, NumbersAreNoFormulas) {
  EXPECT_EQ(escape_csv("-1.5"), "-1.5");
  EXPECT_EQ(escape_csv("+1e5"), "+1e5");
  EXPECT_EQ(escape_csv("-inf"), "\"'-inf\"");
}

TEST(QuoteGnuplot, IsOneStringWithoutControlCharacters) {
  for (const auto& text : hostile()) {
    const auto out = quote_gnuplot(text, 40);
    ASSERT_TRUE(out.size() >= 2 && out.front() == '\'' && out.back() == '\'') << out;
    EXPECT_EQ(controls(out), 0U);
    for (std::size_t i = 1; i + 1 < out.size(); ++i)
      if (out[i] == '\'') {
        EXPECT_EQ(out[++i], '\'') << out;
      }
  }
}

TEST(QuoteGnuplot, BreaksUpTheEndOfCharacterData) {
  EXPECT_EQ(quote_gnuplot("a]]>b", 40), "'a]] >b'");
}

TEST(QuoteGnuplot, ATicHasNoFormat) {
  EXPECT_EQ(quote_gnuplot_tic("5 % of '%d'", 40), "'5 %% of ''%%d'''");
}

TEST(QuoteGnuplot, CutsLongTextsByCharacters) {
  EXPECT_EQ(quote_gnuplot("漢字漢字", 3), "'漢字…'");
  EXPECT_EQ(quote_gnuplot("漢字漢", 3), "'漢字漢'");
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(printable("\x1b[31m\a\0"s, LineEnds::escape), "\\x1b[31m\\x07\\x00");
  EXPECT_EQ(printable("\u009b\u202E\u200b", LineEnds::escape), "\\x9b\\u202e\\u200b");
  EXPECT_EQ(printable("\xFF é", LineEnds::escape), "\\xff é");
  for (const auto& text : hostile())
    EXPECT_EQ(controls(printable(text, LineEnds::escape)), 0U) << text;
}

TEST(Printable, KeepsLineEndsWhereTheyAreItsOwn) {
  EXPECT_EQ(printable("a\n\tb\r", LineEnds::keep), "a\n\\x09b\\x0d");
  EXPECT_EQ(printable("a\n\tb", LineEnds::escape), "a\\n\\x09b");
}

TEST(Shortened, CountsCharacters) {
  EXPECT_EQ(character_count("漢\xFF…"), 3U);
  EXPECT_EQ(shortened("漢字漢", 3), "漢字漢");
  EXPECT_EQ(shortened("漢字漢字", 3), "漢字…");
  EXPECT_EQ(character_count(shortened(std::string(10'000, 'x'), 40)), 40U);
}

}  // namespace
}  // namespace steppe::report
