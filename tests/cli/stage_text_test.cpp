// Stages and settings in words.
#include "framework/cli/stage_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using steppe::plugin::Parameter;
using steppe::plugin::Type;
using testing::HasSubstr;

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

}  // namespace
