// [distribution.<name>] in the plan. What is said of wrong ones: wrong/distribution*.toml.
#include "support.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Plan planned(std::string_view text) {
  const auto [plan, problems] = check_good_with(text);
  EXPECT_THAT(problems, IsEmpty()) << printed(problems);
  return plan.value_or(Plan{});
}

std::vector<std::string> data_of(const Plan& plan, std::size_t distribution) {
  std::vector<std::string> out;
  for (const auto data : plan.distributions.at(distribution).data)
    out.push_back(plan.data[data].name);
  return out;
}

TEST(Distribution, IsOneNodeForAllPoints) {
  const auto plan = planned(R"(
[distribution.inputs]
of      = ["features.pythia", "features.herwig"]
columns = "x*"
)");
  ASSERT_EQ(plan.distributions.size(), 1U);
  const auto& node = plan.distributions.front();
  EXPECT_EQ(node.name, "inputs");
  EXPECT_THAT(data_of(plan, 0), ElementsAre("features.pythia", "features.herwig"));
  EXPECT_THAT(node.columns, ElementsAre("x0", "x1"));
  EXPECT_EQ(node.split, "train");
  EXPECT_EQ(node.bins, 40U);
  EXPECT_THAT(node.range, IsEmpty());
  EXPECT_THAT(node.coordinates, IsEmpty());
}

TEST(Distribution, SharesItsDataWithTrainings) {
  const auto before = planned("").data.size();
  EXPECT_EQ(planned("[distribution.a]\nof = 'features.pythia'\ncolumns = 'x0'").data.size(),
            before);
}

TEST(Distribution, IsSeveralNodesWhereAnAxisDecides) {
  const auto plan = planned("[distribution.own]\nof = 'features.{train}'\ncolumns = 'x1'");
  ASSERT_EQ(plan.distributions.size(), 2U);
  EXPECT_THAT(data_of(plan, 0), ElementsAre("features.pythia"));
  EXPECT_THAT(plan.distributions[0].coordinates, ElementsAre(Pair("train", "pythia")));
  EXPECT_THAT(data_of(plan, 1), ElementsAre("features.herwig"));
  EXPECT_THAT(plan.distributions[1].coordinates, ElementsAre(Pair("train", "herwig")));
}

TEST(Distribution, NeedsNoTraining) {
  const auto [plan, problems] = check(R"(
[pipeline]
name = "look"
[distribution.inputs]
of      = "toy"
columns = ["x1", "x0"]
range   = [-1, 1.5]
bins    = 5
split   = "all"
)");
  ASSERT_TRUE(plan) << printed(problems);
  EXPECT_THAT(plan->distributions.at(0).columns, ElementsAre("x0", "x1"));
  EXPECT_THAT(plan->distributions[0].range, ElementsAre(-1, 1.5));
  EXPECT_EQ(plan->data.size(), 1U);
}

TEST(Distribution, OfABaseIsChangedKeyByKey) {
  const auto plan = planned(R"(
[distribution.inputs]
of      = ["features.pythia"]
columns = "x0"
)");
  const auto [changed, problems] = check(plan.resolved, {"distribution.inputs.bins=7"});
  ASSERT_TRUE(changed) << printed(problems);
  EXPECT_EQ(changed->distributions.at(0).bins, 7U);
}

}  // namespace
}  // namespace steppe::pipeline::testing
