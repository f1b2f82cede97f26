// Gates as they are parsed; what is wrong with them is in wrong/gates.toml.
#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

Requirement gate(const std::string& that) {
  const auto checked = check_good_with("[[require]]\nthat = \"" + that + "\"\n");
  EXPECT_TRUE(checked.plan) << checked.text();
  return checked.plan ? checked.plan->requirements.at(0) : Requirement{};
}

TEST(Require, IsTakenApart) {
  const auto out = gate("auc(train='pythia', test=\\\"herwig\\\", trial=1) > 0.85");
  EXPECT_EQ(out.value_name, "auc");
  EXPECT_THAT(out.selectors,
              ElementsAre(Pair("train", "pythia"), Pair("test", "herwig"), Pair("trial", "1")));
  EXPECT_EQ(out.comparison, Comparison::above);
  EXPECT_EQ(out.bound, 0.85);
  EXPECT_EQ(out.that, "auc(train='pythia', test=\"herwig\", trial=1) > 0.85");
  EXPECT_EQ(to_text(out.position), "study.toml:3:8");
}

TEST(Require, KnowsFiveComparisons) {
  EXPECT_EQ(gate("auc > 1").comparison, Comparison::above);
  EXPECT_EQ(gate("auc >= 1").comparison, Comparison::at_least);
  EXPECT_EQ(gate("auc < 1").comparison, Comparison::below);
  EXPECT_EQ(gate("auc <= 1").comparison, Comparison::at_most);
  EXPECT_EQ(gate("auc == 1").comparison, Comparison::equal);
}

TEST(Require, BracketsMayBeEmptyOrLeftOut) {
  EXPECT_TRUE(gate("auc()<-1e-3").selectors.empty());
  EXPECT_EQ(gate("auc()<-1e-3").bound, -1e-3);
  EXPECT_TRUE(gate("  rejection>+2 ").selectors.empty());
}

TEST(Require, TakesValues) { EXPECT_EQ(gate("auc > 0.{epochs}").bound, 0.3); }

}  // namespace
}  // namespace steppe::pipeline::testing
