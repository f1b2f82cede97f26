// Keys of nodes: what shapes a node changes its key, and nothing else does. What is found in a
// store is what would be made.
#include "framework/run/keep/keys.hpp"

#include "framework/run/study.hpp"
#include "framework/store/store.hpp"

#include <filesystem>

#include "bf16.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::run {
namespace {

constexpr auto two_kinds = R"(
[matrix]
kind = ["none", "fgsm"]
)";

pipeline::Plan plan_with(std::vector<std::string> sets) {
  sets.emplace_back("trainer.fit.attack={kind}");
  return testing::tiny_plan(two_kinds, sets);
}

/// Keys of data, trainings and scores, in this order.
std::vector<store::Key> keys(const pipeline::Plan& plan, const std::string& build = "one") {
  store::Contents contents;
  const auto made = keys_of(plan, {build, {}}, contents);
  std::vector<store::Key> out;
  for (const auto* list : {&made.data, &made.trainings, &made.scores, &made.sharpness})
    for (const auto& key : *list) out.push_back(key.key());
  return out;
}

/// Which keys two lists have in common: one letter each, '=' or '!'.
std::string compared(const std::vector<store::Key>& a, const std::vector<store::Key>& b) {
  std::string out;
  for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i)
    out += i < a.size() && i < b.size() && a[i] == b[i] ? '=' : '!';
  return out;
}

TEST(Keys, ChangeWithWhatShapesTheNodeAlone) {
  const auto before = keys(plan_with({}));
  ASSERT_EQ(before.size(), 5U);  // one data set, two trainings, two scores
  EXPECT_EQ(compared(before, keys(plan_with({}))), "=====");
  EXPECT_EQ(compared(before, keys(plan_with({"attack.fgsm.epsilon=0.5"}))), "==!=!");
  EXPECT_EQ(compared(before, keys(plan_with({"pipeline.seed=99"}))), "!!!!!");
  EXPECT_EQ(compared(before, keys(plan_with({"pipeline.name=other"}))), "=====");
  EXPECT_EQ(compared(before, keys(plan_with({"evaluate.split=validation"}))), "===!!");
  EXPECT_EQ(compared(before, keys(plan_with({"pipeline.device=far"}))), "!!!!!");
  EXPECT_EQ(compared(before, keys(plan_with({}), "another build")), "!!!!!");
}

TEST(Keys, HaveThePrecisionThatATrainingHasHere) {
  const auto of_both = [](const std::string& setting) {
    return compared(keys(plan_with({})), keys(plan_with({"trainer.fit." + setting + "=bf16"})));
  };
  {
    const support::Bf16Variable variable{"always"};
    EXPECT_EQ(of_both("precision"), "=!!!!");
    EXPECT_EQ(of_both("attack_precision"), "==!=!");  // the first training has no attack
  }
  const support::Bf16Variable variable{nullptr};
  if (compute::why_no_bf16().empty()) GTEST_SKIP() << "bfloat16 products are fast here";
  EXPECT_EQ(of_both("precision"), "=====");
  EXPECT_EQ(of_both("attack_precision"), "=====");
}

TEST(Study, WhatIsFoundIsWhatWasMade) {
  auto name = (std::filesystem::temp_directory_path() / "keys_test.XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const auto plan = plan_with({});
  Observer nobody;
  const auto run_with = [&](store::Store* store) {
    return run_study(plan, {2, nullptr, {}, store, {"build", {}}}, nobody);
  };
  const auto alone = run_with(nullptr);
  EXPECT_EQ(alone.found, 0U);
  for (const std::size_t found : {0U, 5U, 5U}) {
    store::Store store{name};
    const auto outcome = run_with(&store);
    EXPECT_EQ(outcome.found, found);
    ASSERT_EQ(outcome.results.rows.size(), alone.results.rows.size());
    for (std::size_t r = 0; r < alone.results.rows.size(); ++r)
      for (std::size_t q = 0; q < alone.results.rows[r].quantities.size(); ++q)
        EXPECT_EQ(outcome.results.rows[r].quantities[q].value,
                  alone.results.rows[r].quantities[q].value);
    for (std::size_t t = 0; t < alone.results.trainings.size(); ++t)
      EXPECT_EQ(outcome.results.trainings[t].history.epochs,
                alone.results.trainings[t].history.epochs);
    EXPECT_EQ(outcome.results.data.front().rows, alone.results.data.front().rows);
  }
  std::filesystem::remove_all(name);
}

TEST(Study, WaitsForWhatAnotherProcessMakes) {
  auto name = (std::filesystem::temp_directory_path() / "keys_test.XXXXXX").string();
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  const auto plan = plan_with({});
  store::Store here{name, {}, std::chrono::milliseconds{50}};
  store::Store there{name};
  store::Contents contents;
  // The other one has a training, and never beats again: after three of our beats we go on.
  const auto wanted = keys_of(plan, {"build", {}}, contents).trainings;
  auto lease = there.leases().take(wanted.front().key());
  ASSERT_TRUE(lease);
  Observer nobody;
  const auto outcome = run_study(plan, {1, nullptr, {}, &here, {"build", {}}}, nobody);
  EXPECT_TRUE(outcome.failures.empty());
  EXPECT_EQ(outcome.results.rows.size(), 2U);
  lease.reset();
  std::filesystem::remove_all(name);
}

}  // namespace
}  // namespace steppe::run
