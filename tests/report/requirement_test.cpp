// Gates on results made by hand.
#include "framework/report/requirement.hpp"

#include <cmath>

#include "results_fixture.hpp"
#include <gtest/gtest.h>

namespace steppe::report {
namespace {

using pipeline::Comparison;
using pipeline::Requirement;
using pipeline::Subject;
using testing::number;
using testing::small_study;

Requirement auc_of(const std::string& test, Comparison comparison, double bound,
                   double sigmas = 0) {
  Requirement out;
  out.value_name = "auc";
  out.selectors = {{"attack", "none"}, {"test", test}};
  out.comparison = comparison;
  out.bound = bound;
  out.sigmas = sigmas;
  return out;
}

pipeline::StudyResults with_more() {
  auto out = small_study();
  out.comparisons.push_back({"delta_s", {"fgsm", "herwig"}, 3, {number("delta_s", 0.4, 0.1)}, {}});
  out.comparisons.push_back({"other", {}, 0, {number("width", 2)}, {}});
  for (int trial = 0; trial < 2; ++trial)
    out.sharpness.push_back({"hessian",
                             {"none", std::to_string(trial)},
                             {number("eigenvalue", 0.3 + 0.02 * trial)},
                             {}});
  out.sharpness.push_back({"walk", {"none", "0"}, {number("eigenvalue", 99)}, {}});
  return out;
}

TEST(Gate, HoldsInTheMeanOverTrials) {
  EXPECT_TRUE(judge(auc_of("pythia", Comparison::above, 0.89), small_study()).holds);
  const auto verdict = judge(auc_of("pythia", Comparison::above, 0.91), small_study());
  EXPECT_FALSE(verdict.holds);
  EXPECT_EQ(verdict.reason, "it is 0.900 +- 0.058 at (attack = none, test = pythia)");
}

TEST(Gate, MayHaveToHoldByErrorsOfTheMean) {
  // 0.9 +- 0.0577 over 3 trials: 2 sigma are 4.5265 errors, so the edge is at 0.6387 and 1.1613.
  EXPECT_TRUE(judge(auc_of("pythia", Comparison::above, 0.638, 2), small_study()).holds);
  EXPECT_FALSE(judge(auc_of("pythia", Comparison::above, 0.639, 2), small_study()).holds);
  EXPECT_TRUE(judge(auc_of("pythia", Comparison::at_most, 1.162, 2), small_study()).holds);
  const auto verdict = judge(auc_of("pythia", Comparison::below, 1.161, 2), small_study());
  EXPECT_EQ(
      verdict.reason,
      "it is 0.900 +- 0.058 at (attack = none, test = pythia), and 2 sigma are 4.53 of its errors");
}

TEST(Gate, OfASingleTrialTakesTheUncertaintyOfTheMetric) {
  auto gate = auc_of("pythia", Comparison::above, 0.78, 2);  // 0.8 +- 0.01
  gate.selectors.emplace_back("trial", "0");
  EXPECT_FALSE(judge(gate, small_study()).holds);
  gate.bound = 0.779;
  EXPECT_TRUE(judge(gate, small_study()).holds);
}

TEST(Gate, WithoutAnUncertaintyDoesNotHoldByAny) {
  auto results = small_study();
  std::erase_if(results.rows, [](const auto& row) { return row.coordinates[1] != "0"; });
  for (auto& row : results.rows) row.quantities[0].uncertainty = NAN;
  EXPECT_TRUE(judge(auc_of("pythia", Comparison::above, 0.5), results).holds);
  EXPECT_EQ(judge(auc_of("pythia", Comparison::above, 0.5, 2), results).reason,
            "it has no uncertainty at (attack = none, test = pythia) to measure '@ 2 sigma' by");
}

TEST(Gate, LooksAtValuesOfTheStudy) {
  Requirement gate;
  gate.subject = Subject::study;
  gate.value_name = "delta_s";
  gate.selectors = {{"attack", "fgsm"}};
  EXPECT_TRUE(judge(gate, with_more()).holds);
  gate.bound = 0.1;
  gate.sigmas = 2;  // of 3 trials: 0.4 - 4.53 * 0.1 is below 0
  EXPECT_FALSE(judge(gate, with_more()).holds);
  gate.selectors = {{"attack", "none"}};
  EXPECT_EQ(judge(gate, with_more()).reason, "nothing among the results is picked");
}

TEST(Gate, LooksAtTheStudyAsAWholeByItsHeading) {
  Requirement gate;
  gate.subject = Subject::study;
  gate.stage = "other";
  gate.value_name = "width";
  gate.comparison = Comparison::below;
  gate.bound = 1;
  EXPECT_EQ(judge(gate, with_more()).reason, "it is 2.000 +- 0.010 at (the whole study)");
}

TEST(Gate, LooksAtSharpnessByTheHeadingOfTheMeasure) {
  Requirement gate;
  gate.subject = Subject::sharpness;
  gate.stage = "hessian";
  gate.value_name = "eigenvalue";
  gate.comparison = Comparison::below;
  gate.bound = 0.32;
  EXPECT_TRUE(judge(gate, with_more()).holds);
  gate.bound = 0.3;
  EXPECT_EQ(judge(gate, with_more()).reason, "it is 0.310 +- 0.010 at (attack = none)");
  gate.value_name = "trace";
  EXPECT_EQ(judge(gate, with_more()).reason, "there is no 'trace' at (attack = none)");
}

}  // namespace
}  // namespace steppe::report
