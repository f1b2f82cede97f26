// Settings lead back to where they were written, with the values that their names stand for.
#include "framework/pipeline/setting_place.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline {
namespace {

using ::testing::ElementsAre;

Document document_of(std::string_view text, const std::vector<std::string>& sets = {}) {
  std::vector<Problem> problems;
  auto out = parse_document(text, "study.toml", sets, problems);
  EXPECT_FALSE(has_errors(problems));
  return out;
}

std::string place(const Document& document, std::string_view path,
                  std::optional<std::size_t> item = {}) {
  const auto found = place_of_setting(document, path, item);
  return found ? to_text(*found) : "nowhere";
}

constexpr auto study = R"([values]
size    = 0.1
epsilon = "{size}"
[matrix]
trial = 2
[attack.pgd]
epsilon = "{epsilon}"
alpha   = 0.5
move    = ["a", "b"]
[trainer.fit]
attack = "{{none}}"
)";

TEST(SettingPlace, IsWhereTheValueWasWritten) {
  const auto document = document_of(study);
  EXPECT_EQ(place(document, "attack.pgd.alpha"), "study.toml:8:11");
  EXPECT_EQ(place(document, "attack.pgd.move", 1), "study.toml:9:17");
  EXPECT_EQ(place(document, "attack.pgd.move", 7), "study.toml:9:11");
  EXPECT_EQ(place(document, "matrix.trial"), "study.toml:5:9");
}

TEST(SettingPlace, LeadsToWhatANameStandsFor) {
  const auto document = document_of(study);
  EXPECT_EQ(place(document, "attack.pgd.epsilon"),
            "study.toml:3:11, study.toml:2:11, used at study.toml:7:11");
  EXPECT_EQ(place(document, "trainer.fit.attack"), "study.toml:11:10");
}

TEST(SettingPlace, IsTheHeadingOfADefaultAndOfAStage) {
  const auto document = document_of(study);
  EXPECT_EQ(place(document, "attack.pgd"), "study.toml:6:9");
  EXPECT_EQ(place(document, "attack.pgd.steps"), "default of study.toml:6:9");
  EXPECT_EQ(place(document, "attack.fgsm.epsilon"), "nowhere");
  EXPECT_EQ(place(document, "pipeline.seed"), "nowhere");
}

TEST(SettingPlace, IsAnOptionThatSetIt) {
  const auto document = document_of(study, {"attack.pgd.alpha=0.7"});
  EXPECT_EQ(place(document, "attack.pgd.alpha"), "--set attack.pgd.alpha=0.7");
}

TEST(WrittenSettings, AreAllOfThemWithTheirHeadings) {
  const auto document = document_of(R"([attack.pgd]
alpha = 0.5
move  = ["a", "b"]
[[require]]
that = "one"
[[require]]
that = "two"
)");
  std::vector<std::string> found;
  for (const auto& [path, value] : written_settings(document)) found.push_back(path + ": " + value);
  EXPECT_THAT(found, ElementsAre("attack.pgd.alpha: 0.5", R"(attack.pgd.move: ["a", "b"])",
                                 R"(require: {that = "one"})", R"(require: {that = "two"})"));
}

}  // namespace
}  // namespace steppe::pipeline
