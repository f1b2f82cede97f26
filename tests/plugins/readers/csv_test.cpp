// The reader of separated values, on files written here.
#include "plugins/readers/csv_file.hpp"

#include <cmath>
#include <set>

#include "gzip.hpp"
#include "made_files.hpp"

namespace {

using steppe::ColumnKind;
using steppe::Role;
using steppe::testing::Collected;
using steppe::testing::read_with;
using steppe::testing::sentence_of;
using steppe::testing::Settings;

class Csv : public steppe::testing::MadeFiles {
 protected:
  Settings of(const std::string& bytes, Settings more = {}) const {
    more.emplace("path", std::vector{write("events.csv", bytes)});
    return more;
  }
  Collected read(const std::string& bytes, const Settings& more = {}) const {
    return read_with("csv", of(bytes, more));
  }
  /// What is wrong with a file, without its name.
  std::string refusal(const std::string& bytes, const Settings& more = {}) const {
    auto out = sentence_of([&] { read(bytes, more); });
    for (const auto file = path("events.csv"); out.find(file) != std::string::npos;)
      out.replace(out.find(file), file.size(), "FILE");
    return out;
  }
};

TEST_F(Csv, FindsColumnsByTheNamesInTheFirstLine) {
  const auto data = read("pt,label,w,run\n1.5,1,0.25,7\n-2e3,0,2,8\n",
                         {{"weight", "w"}, {"side", std::vector{std::string{"run"}}}});
  ASSERT_EQ(data.rows(), 2U);
  ASSERT_EQ(data.columns.size(), 4U);
  EXPECT_EQ(data.columns.items[0].role, Role::feature);
  EXPECT_EQ(data.columns.items[data.column("run")].role, Role::side);
  EXPECT_EQ(data.columns.items[data.column("label")].role, Role::target);
  EXPECT_EQ(data.columns.items[data.column("w")].role, Role::weight);
  EXPECT_EQ(data.at(0, "pt"), 1.5F);
  EXPECT_EQ(data.at(1, "pt"), -2000.0F);
  EXPECT_EQ(data.at(1, "label"), 0.0F);
  EXPECT_EQ(data.at(0, "w"), 0.25F);
  EXPECT_EQ(data.at(1, "run"), 8.0F);
  ASSERT_EQ(data.files.size(), 1U);
  EXPECT_EQ(data.files[0].rows, 2U);
}

TEST_F(Csv, TakesNamesFromTheSettingsAndTheLabelByNumber) {
  const auto data =
      read("1.0,0.5,0.25\n0.0,0.75,-1\n",
           {{"columns", std::vector<std::string>{"signal", "pt", "eta"}}, {"label", "0"}});
  ASSERT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.at(0, "signal"), 1.0F);
  EXPECT_EQ(data.columns.items[data.column("signal")].role, Role::target);
  EXPECT_EQ(data.at(1, "eta"), -1.0F);
}

TEST_F(Csv, ReadsQuotesLineEndsAndSpacesAsMeant) {
  const auto data =
      read("\xEF\xBB\xBF\"a \"\"x\"\", b\",label,\"two\nlines\"\r\n\"1\", 0 ,+2\r\n\r\n3,1,\"4\"");
  ASSERT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.at(0, "a \"x\", b"), 1.0F);
  EXPECT_EQ(data.at(0, "two\nlines"), 2.0F);
  EXPECT_EQ(data.at(1, "two\nlines"), 4.0F);
}

TEST_F(Csv, EmptyCellsAreNotNumbers) {
  const auto data = read("a,b,label\n,nan,1\n1,2,0\n");
  EXPECT_TRUE(std::isnan(data.at(0, "a")));
  EXPECT_TRUE(std::isnan(data.at(0, "b")));
  EXPECT_EQ(data.at(1, "a"), 1.0F);
}

TEST_F(Csv, TextsMayStandForClasses) {
  const auto data =
      read("label;x\ns;1\nb;2\n",
           {{"separator", ";"}, {"label_values", std::vector<std::string>{"b", "s"}}});
  EXPECT_EQ(data.at(0, "label"), 1.0F);
  EXPECT_EQ(data.at(1, "label"), 0.0F);
  EXPECT_EQ(refusal("label,x\ns,1\nt,2\n", {{"label_values", std::vector<std::string>{"b", "s"}}}),
            "FILE:3:1: 't' in column 'label' is none of 'label_values': 'b', 's'");
}

TEST_F(Csv, DeclaresItsClasses) {
  EXPECT_EQ(read("x,label\n1,2\n", {{"classes", 3}}).columns.items.back().classes, 3);
  const auto real = read("x,label\n1,2.5\n", {{"classes", 0}});
  EXPECT_EQ(real.columns.items.back().kind, ColumnKind::real);
  EXPECT_EQ(real.at(0, "label"), 2.5F);
}

TEST_F(Csv, PatternsChooseFeatures) {
  const auto data = read("jet1_pt,jet2_pt,met,label\n1,2,x,0\n",
                         {{"features", std::vector<std::string>{"jet*"}}});
  EXPECT_EQ(data.columns.size(), 3U);  // and 'met', which is no number, is not looked at
  EXPECT_EQ(data.at(0, "jet2_pt"), 2.0F);
}

TEST_F(Csv, CutsRowsOutOfTheMiddle) {
  const std::string bytes = "x,label\n0,0\n1,1\n2,0\n3,1\n4,0\n";
  const auto all = read(bytes);
  const auto some = read(bytes, {{"skip", 1}, {"rows", 3}});
  ASSERT_EQ(some.rows(), 3U);
  EXPECT_EQ(some.at(0, "x"), 1.0F);
  EXPECT_EQ(some.event_ids[2], all.event_ids[3]);
}

TEST_F(Csv, PackedFilesGiveTheSame) {
  const std::string bytes = "x,label\n0.125,0\n1,1\n";
  const auto plain = read(bytes);
  steppe::testing::write_gzip(path("events.csv.gz"), bytes);
  const auto packed = read_with("csv", {{"path", std::vector{path("events.csv.gz")}}});
  EXPECT_EQ(packed.values, plain.values);
  EXPECT_EQ(packed.event_ids, plain.event_ids);
}

TEST_F(Csv, NumbersAreRoundedOnce) {
  // Halfway between two floats but for its last digit: rounding by way of fewer digits errs.
  const auto data = read("x,label\n1.0000000596046448,0\n1e-400,0\n3.4028235e38,1\ninf,1\n");
  EXPECT_EQ(data.at(0, "x"), static_cast<float>(1.0000000596046448));
  EXPECT_EQ(data.at(1, "x"), 0.0F);
  EXPECT_EQ(data.at(2, "x"), 3.4028235e38F);
  EXPECT_TRUE(std::isinf(data.at(3, "x")));
}

TEST_F(Csv, SizeOfPiecesChangesNoByte) {
  std::string bytes = "x,\"y\",label\n";
  for (int i = 0; i < 100; ++i)
    bytes += std::to_string(i * 0.37) + ",\"" + std::to_string(-i) + "\"," + std::to_string(i % 2) +
             (i % 3 == 0 ? "\r\n" : "\n");
  steppe::testing::expect_same_for_every_chunk("csv", of(bytes));
  for (const std::size_t piece : {1, 5, 64, 100000}) {
    steppe::csv::File file{path("events.csv"), ',', piece};
    std::string seen;
    std::uint64_t line = 1;
    while (file.next()) {
      EXPECT_EQ(file.cells().size(), 3U);
      EXPECT_EQ(file.cells()[2].line, line++);
      for (const auto& cell : file.cells())
        seen += std::string{cell.text} + "@" + std::to_string(cell.column) + " ";
    }
    static const std::string first = seen;
    EXPECT_EQ(seen, first) << piece;
    EXPECT_EQ(line, 102U);
  }
}

struct BadTable {
  const char* name;
  std::string bytes, sentence;
};

class BadCsv : public Csv, public ::testing::WithParamInterface<BadTable> {};

TEST_P(BadCsv, IsTold) { EXPECT_EQ(refusal(GetParam().bytes), GetParam().sentence); }

INSTANTIATE_TEST_SUITE_P(
    Tables, BadCsv,
    ::testing::Values(
        BadTable{"Empty", "", "'FILE' is empty"},
        BadTable{"HeaderOnly", "x,label\n", "'FILE' has no rows"},
        BadTable{"Text", "x,label\n1,0\n2,1\n  three,1\n",
                 "FILE:4:1: '  three' in column 'x' is no number"},
        BadTable{"TwoNumbers", "x,label\n1,0\n2 3,1\n",
                 "FILE:3:1: '2 3' in column 'x' is no number"},
        BadTable{"Binary", std::string{"x,label\n\0\x01\x7f,1\n", 14},
                 "FILE:2:1: '\?\?\?' in column 'x' is no number"},
        BadTable{"AfterAQuotedLine", "\"x\ny\",label\n1,0\n2,z\n",
                 "FILE:4:3: 'z' in column 'label' is no number"},
        BadTable{"CutShort", "x,y,label\n1,2,0\n1,2",
                 "FILE:3:3: the line has 2 cells instead of 3; the file may be cut short, or have "
                 "another 'separator'"},
        BadTable{"CellTooMany", "x,label\n1,0,5\n",
                 "FILE:2:5: the line has 3 cells instead of 2; the file may be cut short, or have "
                 "another 'separator'"},
        BadTable{"OpenQuote", "x,label\n1,0\n\"2,1\n3,1\n", "FILE:3:1: the quote is never closed"},
        BadTable{"TextAfterQuote", "x,label\n\"1\"2,0\n",
                 "FILE:2:4: a quote is closed before its cell ends"},
        BadTable{"EmptyLabel", "x,label\n1,\n",
                 "FILE:2:3: column 'label' has the label nan; with 2 classes it is one of 0 to 1"},
        BadTable{
            "OtherClass", "x,label\n1,2\n",
            "FILE:2:3: column 'label' has the label 2.000000; with 2 classes it is one of 0 to "
            "1"},
        BadTable{"TooLarge", "x,label\n1e39,1\n",
                 "FILE:2:1: '1e39' in column 'x' is beyond what a float holds"},
        BadTable{"NameTwice", "x,x,label\n1,2,0\n", "'FILE' has two columns 'x'"},
        BadTable{"NoLabel", "1.0,0.5\n0.0,0.75\n",
                 "'label': 'FILE' has no column 'label'; it has '1.0', '0.5'; a file without a "
                 "header needs 'columns'"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Csv, TellsAPackedFileThatIsCutShort) {
  std::string bytes = "x,label\n";
  for (int i = 0; i < 5000; ++i) bytes += std::to_string(i * 0.7919) + ",0\n";
  const auto file = path("events.csv.gz");
  steppe::testing::write_gzip(file, bytes);
  cut("events.csv.gz", 0.5);
  EXPECT_EQ(sentence_of([&] {
              read_with("csv", {{"path", std::vector{file}}});
            }),
            "'" + file + "' is cut short: its gzip stream does not end");
}

TEST_F(Csv, ReadsOneRow) { EXPECT_EQ(read("x,label\n1,0\n").rows(), 1U); }

TEST_F(Csv, RefusesFilesThatDoNotGoTogether) {
  write("a.csv", "x,label\n1,0\n");
  write("b.csv", "y,label\n1,0\n");
  EXPECT_EQ(sentence_of([&] {
              read_with("csv", {{"path", std::vector{path("*.csv")}}});
            }),
            "'" + path("b.csv") + "' has other columns than '" + path("a.csv") + "'");
}

TEST_F(Csv, APatternThatCoversNothingIsAnError) {
  EXPECT_EQ(refusal("x,label\n1,0\n", {{"features", std::vector<std::string>{"pt*"}}}),
            "'FILE' has no column 'pt*'; it has 'x', 'label'");
}

}  // namespace
