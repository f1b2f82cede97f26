// What names lead to: stages with and without headings, data sets, paths, plugins that are not
// there.
#include <filesystem>

#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> data_names(const Plan& plan) {
  std::vector<std::string> out;
  for (const auto& node : plan.data) out.push_back(node.name);
  return out;
}

std::vector<std::string> attack_names(const TrainingNode& node) {
  std::vector<std::string> out;
  for (const auto& attack : node.attacks) out.push_back(attack.name);
  return out;
}

constexpr std::string_view without_headings = R"(
[pipeline]
name = "short"
[trainer.plain]
data      = "toy"
model     = "dense"
optimizer = "sgd"
attack    = "fgsm"
[evaluate]
of      = "plain"
on      = "toy"
metrics = "auc"
)";

TEST(References, PluginsNeedNoHeadingWhenNothingIsRequired) {
  const auto [plan, problems] = check(without_headings);
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(
      printed(problems),
      "study.toml:7:13: note: optimizer 'sgd' has no heading [optimizer.sgd], so all is as by "
      "default: learning_rate = 0.1\n"
      "study.toml:8:13: note: attack 'fgsm' has no heading [attack.fgsm], so all is as by "
      "default: epsilon = 0.05; moves all columns, holds nothing\n");
  EXPECT_EQ(plan->trainings[0].model.info->name, "dense");
  EXPECT_THAT(attack_names(plan->trainings[0]), ElementsAre("fgsm"));
  EXPECT_EQ(plan->trainings[0].attacks[0].settings.real("epsilon"), 0.05);
  EXPECT_EQ(plan->trainings[0].attacks[0].wiring.text("space"), "auto");
  EXPECT_THAT(data_names(*plan), ElementsAre("toy"));
}

TEST(References, PluginsThatRequireSomethingNeedAHeading) {
  const auto checked = check(without_headings, {"trainer.plain.data=files"});
  EXPECT_EQ(checked.text(),
            "--set trainer.plain.data=files: error: reader 'files' needs a heading [reader.files] "
            "with 'path' (files to read)\n");
}

TEST(References, HeadingsTakeTheirSettingsAndDefaults) {
  const auto [plan, problems] = check_good_with("");
  ASSERT_TRUE(plan) << printed(problems);
  const auto& pgd = plan->trainings.at(4).attacks.at(0);
  EXPECT_EQ(pgd.name, "pgd");
  EXPECT_EQ(pgd.settings.real("epsilon"), 0.04);
  EXPECT_EQ(std::get<std::int64_t>(pgd.settings.find("steps")->items[0]), 4);
  EXPECT_EQ(pgd.settings.text("norm"), "max");
  EXPECT_EQ(plan->trainings[0].optimizer.settings.real("learning_rate"), 1.0);
  EXPECT_THAT(plan->trainings[0].preprocess, ElementsAre("standardise"));
}

TEST(References, NoneIsNoAttackAndSeveralComeInOrder) {
  const auto none = check_good_with("[trainer.fit]\nattack = 'none'\n");
  EXPECT_TRUE(none.plan->trainings[0].attacks.empty());
  const auto several = check_good_with("[trainer.fit]\nattack = ['pgd', 'none', 'fgsm']\n");
  EXPECT_THAT(attack_names(several.plan->trainings[0]), ElementsAre("pgd", "fgsm"));
}

TEST(References, ATransformOfOneInputIsNamedByItselfToo) {
  const auto [plan, problems] = check_good_with(R"(
    transform.slim = { use = "drop", input = "features.pythia" }
    trainer.fit.data = "slim"
    evaluate.on = ["slim.pythia", "features.herwig"]
  )");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_THAT(data_names(*plan), ElementsAre("slim.pythia", "features.herwig"));
  EXPECT_EQ(plan->data[0].branch, "pythia");
  ASSERT_EQ(plan->data[0].transforms.size(), 2U);
  EXPECT_EQ(plan->data[0].transforms[0].name, "features");
  EXPECT_EQ(plan->data[0].transforms[1].name, "slim");
}

TEST(References, PathsAreResolvedAgainstTheFileThatSaysThem) {
  const auto checked = check(without_headings, {"reader.files.path=['a/../b/*.h5', '/data/x.h5']",
                                                "trainer.plain.data=files", "evaluate.on=files"});
  ASSERT_TRUE(checked.plan) << checked.text();
  EXPECT_THAT(checked.plan->data[0].reader.settings.texts("path"),
              ElementsAre((std::filesystem::current_path() / "b/*.h5").string(), "/data/x.h5"));

  std::vector<Problem> problems;
  const auto text = std::string{without_headings} + R"(
    [values]
    data = "../jets"
    [reader.files]
    path = ["x.h5", "{data}/y.h5"]
  )";
  const auto document = parse_document(text, "/studies/one/study.toml",
                                       {"trainer.plain.data=files", "evaluate.on=files"}, problems);
  const auto plan = make_plan(document, catalogue(), problems);
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_THAT(plan->data[0].reader.settings.texts("path"),
              ElementsAre("/studies/one/x.h5", "/studies/jets/y.h5"));
}

TEST(References, ALibrarySetAsideSaysWhy) {
  const auto checked = check_good_with("[attack.broken]\n");
  EXPECT_FALSE(checked.plan);
  EXPECT_THAT(checked.text(),
              HasSubstr("study.toml:2:9: error: there is no attack 'broken'; 'use' "
                        "may be 'fgsm', 'pgd', 'sam'; 'broken.so' was set aside: "));
}

TEST(References, PluginFoldersAreReadBeforeTheCatalogue) {
  std::vector<Problem> problems;
  const auto document =
      parse_document("[pipeline]\nplugins = ['mine', '{where}/lib']\n[values]\nwhere = '/opt'\n",
                     "/studies/study.toml", {}, problems);
  EXPECT_THAT(plugin_folders(document), ElementsAre("/studies/mine", "/opt/lib"));
}

}  // namespace
}  // namespace steppe::pipeline::testing
