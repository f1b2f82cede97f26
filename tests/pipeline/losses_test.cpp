// The loss of a training: what the target of its data makes of the trainer's wiring.
#include "support.hpp"
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using enum network::LossKind;

/// Both readers give a target of so many classes.
Checked check_with_classes(int classes, const std::string& more = "") {
  return check_good_with("[reader.pythia]\nclasses = " + std::to_string(classes) +
                         "\n[reader.herwig]\nclasses = " + std::to_string(classes) + "\n" + more);
}

TEST(Losses, AutoFollowsTheTarget) {
  for (const auto& [classes, kind, outputs] :
       {std::tuple{2, binary_cross_entropy, 1U}, std::tuple{3, cross_entropy, 3U},
        std::tuple{12, cross_entropy, 12U}, std::tuple{0, squared_error, 1U}}) {
    const auto [plan, problems] = check_with_classes(classes);
    ASSERT_TRUE(plan) << printed(problems);
    for (const auto& training : plan->trainings) {
      EXPECT_EQ(training.loss.kind, kind);
      EXPECT_EQ(training.loss.outputs, outputs);
      EXPECT_EQ(training.loss.classes, static_cast<std::size_t>(classes));
      EXPECT_EQ(training.graph.nodes()[training.graph.output()].columns, outputs);
    }
  }
}

TEST(Losses, HuberHasItsDelta) {
  const auto [plan, problems] =
      check_with_classes(0, "[trainer.fit]\nloss = \"huber\"\nhuber_delta = 0.25\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(plan->trainings[0].loss.kind, huber);
  EXPECT_EQ(plan->trainings[0].loss.delta, 0.25F);
  EXPECT_TRUE(problems.empty()) << printed(problems);
}

TEST(Losses, OtherOnesHaveNoUseForIt) {
  const auto [plan, problems] = check_with_classes(0, "[trainer.fit]\nhuber_delta = 0.25\n");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_EQ(printed(problems),
            "study.toml:7:15: note: 'huber_delta' is not used: it belongs to loss = 'huber'\n");
}

TEST(Losses, AreInTheKeyOfATraining) {
  const auto key = [](const std::string& more) {
    return check_with_classes(0, "[trainer.fit]\n" + more).plan->trainings[0].key;
  };
  const auto plain = key("loss = \"huber\"\n");
  EXPECT_EQ(plain, key("loss = \"huber\"\nhuber_delta = 1\n"));
  EXPECT_NE(plain, key("loss = \"huber\"\nhuber_delta = 2\n"));
  EXPECT_NE(plain, key("loss = \"squared_error\"\n"));
}

}  // namespace
}  // namespace steppe::pipeline::testing
