// Whole studies: same numbers for any number of threads and on any device; failures are told and
// stay where they happen.
#include "framework/run/study.hpp"

#include <atomic>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::tiny_plan;

constexpr auto two_by_two = R"(
[matrix]
kind  = ["none", "fgsm"]
trial = 2
)";
const std::vector<std::string> by_kind{"trainer.fit.attack={kind}"};

std::vector<double> numbers(const StudyOutcome& outcome) {
  std::vector<double> out;
  for (const auto& row : outcome.results.rows)
    for (const auto& quantity : row.quantities) out.push_back(quantity.value);
  return out;
}

StudyOutcome run_with(const pipeline::Plan& plan, int threads) {
  Observer nobody;
  return run_study(plan, {threads, nullptr}, nobody);
}

TEST(Study, GivesTheSameNumbersForAnyNumberOfThreads) {
  const auto plan = tiny_plan(two_by_two, by_kind);
  const auto one = numbers(run_with(plan, 1));
  ASSERT_EQ(one.size(), 8U);
  EXPECT_EQ(one, numbers(run_with(plan, 2)));
  EXPECT_EQ(one, numbers(run_with(plan, 4)));
}

TEST(Study, GivesTheSameNumbersOnFar) {
  auto sets = by_kind;
  sets.push_back("pipeline.device=far");
  EXPECT_EQ(numbers(run_with(tiny_plan(two_by_two, by_kind), 2)),
            numbers(run_with(tiny_plan(two_by_two, sets), 2)));
}

TEST(Study, AFailedNodeIsNamedAndTheOthersFinish) {
  // An epsilon that no float holds fails the attacked trainings only.
  auto sets = by_kind;
  sets.push_back("attack.fgsm.epsilon=1e39");
  const auto outcome = run_with(tiny_plan(two_by_two, sets), 2);
  ASSERT_EQ(outcome.failures.size(), 2U);
  EXPECT_EQ(outcome.failures.front().node, "fit (kind=fgsm, trial=0)");
  EXPECT_EQ(outcome.results.rows.size(), 2U);
}

TEST(Study, TheFirstFailedNodeStopsTheOthersWhereThatIsWanted) {
  auto sets = by_kind;
  sets.push_back("attack.fgsm.epsilon=1e39");
  const auto plan = tiny_plan(two_by_two, sets);
  Observer nobody;
  StudyOptions options;
  options.threads = 1;
  options.fail_fast = true;
  const auto outcome = run_study(plan, options, nobody);
  EXPECT_EQ(outcome.failures.size(), 1U);
  EXPECT_FALSE(outcome.cancelled);
}

TEST(Study, GivesTheSameNumbersUnderALimitOfMemory) {
  const auto plan = tiny_plan(two_by_two, by_kind);
  Observer nobody;
  StudyOptions options;
  options.threads = 2;
  options.memory = 1;  // one node at a time
  EXPECT_EQ(numbers(run_study(plan, options, nobody)), numbers(run_with(plan, 2)));
}

TEST(Study, StopsInGoodOrderWhenCancelled) {
  const std::atomic<bool> cancelled{true};
  Observer nobody;
  const auto outcome = run_study(tiny_plan(), {1, &cancelled}, nobody);
  EXPECT_TRUE(outcome.cancelled);
  EXPECT_TRUE(outcome.failures.empty());
  EXPECT_TRUE(outcome.results.rows.empty());
}

TEST(Study, RefusesToScoreTrainingEventsUnderTheSplitAll) {
  const auto outcome = run_with(tiny_plan("", {"evaluate.split=all"}), 1);
  ASSERT_EQ(outcome.failures.size(), 1U);
  EXPECT_NE(outcome.failures.front().sentence.find("were in the training split"),
            std::string::npos);
}

}  // namespace
}  // namespace steppe::run
