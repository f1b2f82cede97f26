// What is not as it was, and where in a pipeline file it comes from.
#include "framework/run/keep/changes.hpp"

#include "framework/run/keep/field_origin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> told(const std::vector<store::Field>& now,
                              const std::vector<store::Field>& before) {
  Fields was;
  for (const auto& [name, value] : told_apart(before)) was.emplace(name, value);
  std::vector<std::string> out;
  for (const auto& change : changes(told_apart(now), was)) out.push_back(to_text(change));
  return out;
}

TEST(Changes, AreEveryFieldThatIsNotTheSame) {
  EXPECT_THAT(told({{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "2"}}), IsEmpty());
  EXPECT_THAT(told({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {{"a", "4"}, {"b", "2"}, {"d", "5"}}),
              ElementsAre("a is 1 and was 4", "c is new", "d was left out"));
}

TEST(Changes, TellFieldsOfOneNameApart) {
  EXPECT_THAT(told({{"range", "0"}, {"range", "2"}}, {{"range", "0"}, {"range", "1"}}),
              ElementsAre("range.1 is 2 and was 1"));
}

TEST(Changes, AStageInOneOfTheTwoIsOneChange) {
  const std::vector<store::Field> with{{"training.attack.pgd.name", "pgd"},
                                       {"training.attack.pgd.plugin", "pgd 1"},
                                       {"training.attack.pgd.projector.box.plugin", "box 1"},
                                       {"training.attack.pgd.steps", "3"}};
  EXPECT_THAT(told(with, {}), ElementsAre("training.attack.pgd is new"));
  EXPECT_THAT(told({}, with), ElementsAre("training.attack.pgd was left out"));
}

std::string origin(const std::string& field, const std::string& owner = "trainer.fit") {
  const auto found = origin_of(field, owner);
  return found.setting + (found.item ? "[" + std::to_string(*found.item) + "]" : "") +
         (found.words.empty() ? "" : " (" + found.words + ")");
}

TEST(FieldOrigin, IsTheSettingInTheFile) {
  EXPECT_EQ(origin("attack.fgsm.epsilon"), "attack.fgsm.epsilon");
  EXPECT_EQ(origin("training.data.reader.jets.simulation"), "reader.jets.simulation");
  EXPECT_EQ(origin("model.net.hidden.2"), "model.net.hidden[2]");
  EXPECT_EQ(origin("attack.pgd.projector.box.lower"), "projector.box.lower");
  EXPECT_EQ(origin("on.seed"), "pipeline.seed");
  EXPECT_EQ(origin("training.splits.train"), "pipeline.splits.train");
  EXPECT_EQ(origin("data.numerics.device"), "pipeline.device");
  EXPECT_EQ(origin("split"), "evaluate.split");
}

TEST(FieldOrigin, SaysWhatNoSettingSays) {
  EXPECT_EQ(origin("reader.jets.path.0.a.b.h5"),
            "reader.jets.path[0] (what is in the file 'a.b.h5')");
  EXPECT_EQ(origin("reader.jets.path.files"), "reader.jets.path (how many files it means)");
  EXPECT_EQ(origin("attack.fgsm.library"), "attack.fgsm (what is in the plugin's library)");
  EXPECT_EQ(origin("attack.fgsm"), "attack.fgsm (the whole stage)");
  EXPECT_EQ(origin("training.attacks"), "trainer.fit.attack (how many attacks)");
  EXPECT_EQ(origin("numerics.build"), " (the build of Steppe's libraries that compute)");
}

TEST(FieldOrigin, OfADistributionIsItsHeading) {
  EXPECT_EQ(origin("split", "distribution.mass"), "distribution.mass.split");
  EXPECT_EQ(origin("column.1", "distribution.mass"), "distribution.mass.columns");
  EXPECT_EQ(origin("of.features.pythia.reader.pythia.jets", "distribution.mass"),
            "reader.pythia.jets");
}

TEST(OwnName, LeavesOutTheNodeAFieldCameInBy) {
  EXPECT_EQ(own_name("training.data.reader.jets.seed"), "reader.jets.seed");
  EXPECT_EQ(own_name("on.numerics.build"), "numerics.build");
  EXPECT_EQ(own_name("of.features.herwig.seed"), "seed");
  EXPECT_EQ(own_name("trial"), "trial");
}

}  // namespace
}  // namespace steppe::run
