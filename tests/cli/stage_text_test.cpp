// Stages and settings in words.
#include "framework/cli/stage_text.hpp"

#include "framework/data/dataset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using steppe::plugin::Parameter;
using steppe::plugin::Type;
using testing::HasSubstr;

constexpr auto begin_mark =
    "<!-- From here written by `steppe docs --keys`; change framework/pipeline/file_parts.cpp. "
    "-->\n";

Parameter radius() {
  Parameter out;
  out.name = "epsilon";
  out.type = Type::real;
  out.fallback = {0.25};
  out.minimum = 0;
  out.unit = "GeV";
  out.text = "radius of a * b | c_d";
  return out;
}

TEST(StageText, SaysTypeRangeAndUnit) {
  EXPECT_EQ(facts(radius()), "a real number, [0, inf), in GeV");
  EXPECT_EQ(default_text(radius()), "0.25");
}

TEST(StageText, SaysListsAndWhatIsRequired) {
  auto p = radius();
  p.is_array = true;
  EXPECT_EQ(facts(p), "list: each a real number, [0, inf), in GeV");
  EXPECT_EQ(default_text(p), "[0.25]");
  EXPECT_EQ(default_json(p), (Json{0.25}));
  p.required = true;
  EXPECT_EQ(default_text(p), "required");
  EXPECT_EQ(default_json(p), nullptr);
}

TEST(StageJson, HasSettingsOfTheStageAndOfItsKind) {
  steppe::plugin::StageInfo stage;
  stage.kind = "attack";
  stage.name = "push";
  stage.parameters = {radius()};
  const auto json = stage_json(stage);
  EXPECT_EQ(json["settings"][0]["type"], "real");
  EXPECT_EQ(json["settings"][0]["minimum"], 0.0);
  EXPECT_FALSE(json["settings"][0].contains("maximum"));
  EXPECT_EQ(json["wiring"][0]["name"], "space");
}

TEST(KindPage, TellsTheWiringInATableThatMarkdownReads) {
  const auto page = kind_page(*steppe::plugin::find_kind("attack"), {});
  EXPECT_THAT(page, HasSubstr("# Stages of the kind `attack`"));
  EXPECT_THAT(page, HasSubstr("| `move` | columns that may move, by name; '\\*' stands for"));
}

TEST(FilePage, KeepsWhatIsAroundItsMarks) {
  const auto before = std::string{"# Files\n"} + begin_mark;
  const std::string after = "<!-- To here. -->\nThe end.\n";
  const auto page = with_file_parts(before + "once upon a time\n" + after, "page.md", {});
  EXPECT_TRUE(page.starts_with(before));
  EXPECT_TRUE(page.ends_with("\n" + after));
  EXPECT_THAT(page, testing::Not(HasSubstr("once upon")));
  EXPECT_EQ(with_file_parts(page, "page.md", {}), page);
}

TEST(FilePage, HasASectionOnEveryPartWithItsKeysAndItsExample) {
  const auto page = with_file_parts(std::string{begin_mark} + "<!-- To here. -->\n", "page.md", {});
  for (const auto& part : steppe::pipeline::file_parts()) {
    EXPECT_THAT(page, HasSubstr("## `" + part.written + "`"));
    EXPECT_THAT(page, HasSubstr(part.example.substr(0, part.example.size() - 1)));
    for (const auto& key : part.keys) EXPECT_THAT(page, HasSubstr("| `" + key.name + "` | "));
  }
}

TEST(FilePage, WithoutMarksIsRefused) {
  EXPECT_THAT([] { with_file_parts("# Files\n", "page.md", {}); },
              testing::ThrowsMessage<steppe::data::DataError>(HasSubstr("'page.md' has no lines")));
}

TEST(FileParts, TellTheSplitsThatHoldWithoutATable) {
  const auto& splits = steppe::pipeline::file_part("pipeline.splits");
  ASSERT_EQ(splits.keys.size(), 3U);
  EXPECT_EQ(default_text(splits.keys[0]), "0.8");
  EXPECT_EQ(default_text(splits.keys[1]), "0.1");
  EXPECT_EQ(default_text(splits.keys[2]), "0.1");
}

}  // namespace
