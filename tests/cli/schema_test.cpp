// The schema of pipeline files, setting by setting; tests/pipelines/schema.py holds it against
// whole files.
#include "framework/cli/file_schema.hpp"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace {

using namespace steppe::cli;
using steppe::plugin::Parameter;
using steppe::plugin::Type;

const Json substituted = {{"$ref", "#/$defs/substituted"}};

Parameter parameter(Type type) {
  Parameter out;
  out.name = "p";
  out.type = type;
  out.text = "what it is";
  return out;
}

TEST(SettingSchema, OfANumberHasItsRangeAndTakesAName) {
  auto p = parameter(Type::real);
  p.fallback = {0.5};
  p.minimum = 0;
  p.above_minimum = true;
  p.maximum = 2;
  p.unit = "GeV";
  const Json number = {{"type", "number"}, {"exclusiveMinimum", 0.0}, {"maximum", 2.0}};
  EXPECT_EQ(setting_schema(p), (Json{{"anyOf", Json::array({number, substituted})},
                                     {"description", "what it is, in GeV"},
                                     {"default", 0.5}}));
}

TEST(SettingSchema, LeavesOutWhatJsonCannotSay) {
  auto p = parameter(Type::real);
  p.fallback = {std::numeric_limits<double>::infinity()};
  const auto schema = setting_schema(p);
  EXPECT_FALSE(schema.contains("default"));
  EXPECT_EQ(schema["anyOf"][0], (Json{{"type", "number"}}));
}

TEST(SettingSchema, OfAListTakesOneItemToo) {
  auto p = parameter(Type::integer);
  p.is_array = true;
  p.required = true;
  const auto schema = setting_schema(p);
  const Json item = {{"anyOf", Json::array({Json{{"type", "integer"}}, substituted})}};
  EXPECT_EQ(schema["anyOf"][0], (Json{{"type", "array"}, {"items", item}}));
  EXPECT_EQ(schema["anyOf"][1], item);
  EXPECT_EQ(schema["description"], "what it is (required)");
  EXPECT_FALSE(schema.contains("default"));
}

TEST(SettingSchema, OfAChoiceNamesTheChoices) {
  auto p = parameter(Type::choice);
  p.choices = {"max", "l2"};
  p.fallback = {std::string{"max"}};
  const auto schema = setting_schema(p);
  EXPECT_EQ(schema["anyOf"][0], (Json{{"enum", {"max", "l2"}}}));
  EXPECT_EQ(schema["default"], "max");
}

TEST(FileSchema, HasEveryHeadingAndNoOther) {
  const auto schema = file_schema({});
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["additionalProperties"], false);
  for (const auto* heading : {"extends", "pipeline", "values", "matrix", "evaluate", "require",
                              "reader", "attack", "sharpness", "metric"})
    EXPECT_TRUE(schema["properties"].contains(heading)) << heading;
  EXPECT_FALSE(schema["properties"].contains("layer"));
}

TEST(FileSchema, SaysWhichSplitsHoldWhereTheFileSaysNothing) {
  const auto schema = file_schema({});
  const auto& splits = schema["properties"]["pipeline"]["properties"]["splits"]["properties"];
  EXPECT_EQ(splits["train"]["default"], 0.8);
  EXPECT_EQ(splits["validation"]["default"], 0.1);
  EXPECT_EQ(splits["test"]["default"], 0.1);
}

TEST(FileSchema, AsksForCompletenessOnlyOfNamedFilesThatStandAlone) {
  const auto schema = file_schema({});
  EXPECT_EQ(schema["if"]["not"]["required"], (Json{"extends"}));
  EXPECT_EQ(schema["if"]["properties"]["pipeline"]["required"], (Json{"name"}));
  EXPECT_EQ(schema["then"]["properties"]["evaluate"]["required"], (Json{"of", "on", "metrics"}));
  EXPECT_FALSE(schema["properties"]["evaluate"].contains("required"));
}

TEST(FileSchema, HintsForEditorsRefuseNothing) {
  const auto with_hints = file_schema({})["$defs"]["attack"]["anyOf"];
  ASSERT_FALSE(with_hints.empty());
  EXPECT_EQ(with_hints[0], true);
}

/// Every "$ref" leads somewhere.
void expect_references(const Json& all, const Json& part) {
  if (part.is_object() && part.contains("$ref")) {
    const auto to = part["$ref"].get<std::string>().substr(std::string{"#/$defs/"}.size());
    EXPECT_TRUE(all["$defs"].contains(to)) << to;
  }
  if (part.is_structured())
    for (const auto& inner : part) expect_references(all, inner);
}

/// With the plugins of this build.
Json schema_of_all() {
  return file_schema(steppe::plugin::Catalogue::load({{STEPPE_PLUGINS_DIR, "the build", true}}));
}

TEST(FileSchema, RefersToNothingThatIsNotThere) {
  const auto schema = schema_of_all();
  expect_references(schema, schema);
}

TEST(FileSchema, HasTheSettingsOfAStageThoseOfItsKindAndNoOther) {
  const auto table = schema_of_all()["$defs"]["attack.pgd"];
  EXPECT_EQ(table["additionalProperties"], false);
  for (const auto* key : {"use", "epsilon", "steps", "norm", "move", "project"})
    EXPECT_TRUE(table["properties"].contains(key)) << key;
  EXPECT_FALSE(table["properties"].contains("rho"));
  EXPECT_EQ(table["properties"]["norm"]["anyOf"][0]["enum"], (Json{"max", "l2"}));
}

TEST(FileSchema, TakesTheHeadingForTheStageWhereNoneIsUsed) {
  const auto heading = schema_of_all()["properties"]["attack"]["properties"]["pgd"];
  EXPECT_EQ(heading["if"]["required"], (Json{"use"}));
  EXPECT_EQ(heading["then"]["$ref"], "#/$defs/attack");
  EXPECT_EQ(heading["else"]["$ref"], "#/$defs/attack.pgd");
}

TEST(FileSchema, AsksACompleteFileForWhatAStageNeeds) {
  const auto schema = schema_of_all();
  const auto needed = schema["$defs"]["complete.trainer.supervised"]["required"];
  EXPECT_EQ(std::count(needed.begin(), needed.end(), "data"), 1);
  EXPECT_FALSE(schema["$defs"]["trainer.supervised"].contains("required"));
}

}  // namespace
