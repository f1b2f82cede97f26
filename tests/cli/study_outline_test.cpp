// A plan of two points that share their training, and one that does not.
#include "framework/cli/study_outline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace steppe;
using namespace steppe::cli;
using testing::ElementsAre;
using testing::HasSubstr;

pipeline::Stage stage(const plugin::StageInfo& info, std::string name) {
  pipeline::Stage out;
  out.info = &info;
  out.name = std::move(name);
  return out;
}

class StudyOutlineTest : public testing::Test {
 protected:
  StudyOutlineTest() {
    plan.name = "say \"hi\"";
    plan.axes = {"attack", "cut", "test"};
    for (const auto* name : {"here", "there"}) {
      pipeline::DataNode node;
      node.name = name;
      node.reader = stage(info, name);
      plan.data.push_back(std::move(node));
    }
    for (int t = 0; t < 2; ++t) {
      pipeline::TrainingNode node;
      node.trainer = stage(info, "fit");
      node.model = stage(info, "thing");
      node.optimizer = stage(info, "stage");
      plan.trainings.push_back(std::move(node));
    }
    add_row("none", "1", 0, 0);
    add_row("none", "2", 0, 1);
    add_row("pgd", "1", 1, 0);
    pipeline::SharpnessNode sharp;
    sharp.training = 1;
    sharp.stage = stage(info, "hessian");
    plan.sharpness.push_back(std::move(sharp));
    plan.sharpness_rows.push_back({{"pgd", "1"}, 0});
    plan.comparisons.push_back(stage(info, "delta_s"));
    plan.distributions.push_back({"jets", {1, 0}, {"mass", "width"}, "train", 40, {}, {}});
  }

  void add_row(std::string attack, std::string cut, std::size_t training, std::size_t data) {
    pipeline::ScoreNode node;
    node.training = training;
    node.data = data;
    node.split = "test";
    node.metrics = {stage(info, "auc")};
    plan.rows.push_back(
        {{std::move(attack), std::move(cut), plan.data[data].name}, plan.scores.size()});
    plan.scores.push_back(std::move(node));
  }

  plugin::StageInfo info = [] {
    plugin::StageInfo out;
    out.kind = "trainer";
    out.name = "stage";
    return out;
  }();
  pipeline::Plan plan;
};

TEST_F(StudyOutlineTest, CountsPointsAndWhatTheyShare) {
  const auto outline = outline_of(plan);
  EXPECT_EQ(outline.points, 3U);
  EXPECT_THAT(outline.points_of_training, ElementsAre(2U, 1U));
  EXPECT_EQ(outline.shared(), 1U);
  // Two trainings, two scores and a sharpness measure; one score; a distribution of both.
  EXPECT_THAT(outline.users_of_data, ElementsAre(6U, 2U));
}

TEST_F(StudyOutlineTest, PlacesATrainingWhereverItIsNeeded) {
  const auto outline = outline_of(plan);
  EXPECT_EQ(to_text(outline.trainings[0]), "attack=none, cut=1|2");
  EXPECT_EQ(to_text(outline.trainings[1]), "attack=pgd, cut=1");
}

TEST_F(StudyOutlineTest, IsATextWithALineANode) {
  const auto text = plan_text(plan);
  EXPECT_THAT(text, HasSubstr("3 points, 2 data sets, 2 trainings, 3 scores, 1 sharpness measure"));
  EXPECT_THAT(text, HasSubstr("shared: 1 of the points' trainings"));
  EXPECT_THAT(text, HasSubstr("  fit (attack=none, cut=1|2) on 'here': thing (stage), "));
  EXPECT_THAT(text, HasSubstr("  hessian (stage) of fit (attack=pgd, cut=1) on 'here'\n"));
  EXPECT_THAT(text, HasSubstr("  jets: mass, width of 'there', 'here', split 'train'\n"));
}

TEST_F(StudyOutlineTest, IsJsonWithTheSameCounts) {
  const auto json = plan_json(plan);
  EXPECT_EQ(json["counts"]["trainings"], 2);
  EXPECT_EQ(json["counts"]["shared"], 1);
  EXPECT_EQ(json["trainings"][0]["place"]["cut"], (Json{"1", "2"}));
  EXPECT_EQ(json["scores"][1]["data"], "there");
  EXPECT_EQ(json["sharpness"][0]["name"], "hessian");
  EXPECT_EQ(json["comparisons"], (Json{"delta_s"}));
  EXPECT_EQ(json["counts"]["distributions"], 1);
  EXPECT_EQ(json["distributions"][0]["data"], (Json{"there", "here"}));
}

TEST_F(StudyOutlineTest, IsAGraphWithEveryNodeOnce) {
  const auto dot = plan_dot(plan);
  EXPECT_THAT(dot, HasSubstr("digraph \"say \\\"hi\\\"\" {\n"));
  EXPECT_THAT(dot, HasSubstr("  t0 [label=\"fit\\nattack=none, cut=1|2\", shape=box]\n"));
  EXPECT_THAT(dot, HasSubstr("  d0 -> t0\n"));
  EXPECT_THAT(dot, HasSubstr("  t0 -> s1\n  d1 -> s1\n"));
  EXPECT_THAT(dot, HasSubstr("  t1 -> h0\n"));
  EXPECT_THAT(dot, HasSubstr("  s2 -> c0\n"));
  EXPECT_THAT(dot, HasSubstr("  d1 -> f0\n  d0 -> f0\n"));
  std::size_t nodes = 0;
  for (auto at = dot.find("[label"); at != std::string::npos; at = dot.find("[label", at + 1))
    ++nodes;
  EXPECT_EQ(nodes, 2U + 2U + 3U + 1U + 1U + 1U);
}

TEST(DotQuoted, EscapesQuotesBackslashesAndNewLines) {
  EXPECT_EQ(dot_quoted("a\"b\\c\nd"), R"("a\"b\\c\nd")");
}

}  // namespace
