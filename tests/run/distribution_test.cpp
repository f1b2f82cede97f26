// The distribution node: on data made by hand, in whole studies, and on real jets against numbers
// from NumPy.
#include "framework/run/distribution.hpp"

#include "framework/run/error.hpp"
#include "framework/run/study.hpp"

#include <cstdlib>
#include <filesystem>
#include <map>

#include "tiny_study.hpp"
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using pipeline::MeasuredDistribution;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

Column column(const std::string& name, Role role, int slot = -1) {
  Column out;
  out.name = name;
  out.role = role;
  out.group = slot < 0 ? "jet" : "constituent";
  out.slot = slot;
  return out;
}

/// A side column `x`, a label and a weight: rows of three values.
NamedData made(const std::string& name, const std::vector<float>& values, int classes = 2) {
  auto target = column("label", Role::target);
  target.classes = classes;
  auto x = column("x", Role::side);
  x.unit = "GeV";
  auto set = std::make_shared<data::Dataset>(
      Columns{{x, target, column("weight", Role::weight)}, ""}, std::vector<std::string>{"x"});
  std::vector<std::uint64_t> ids;
  for (std::size_t i = 0; i < values.size() / 3; ++i) ids.push_back(i);
  set->append(ids.size(), values.data(), ids.data());
  return {name, set};
}

pipeline::DistributionNode node_of(const std::string& name, std::vector<double> range = {}) {
  return {"d", {}, {name}, "all", 2, std::move(range), {}};
}

std::vector<double> sums(const pipeline::MeasuredHistogram& one) {
  std::vector<double> out;
  for (const auto& bin : one.histogram.bins) out.push_back(bin.sum);
  return out;
}

TEST(Distribution, TellsClassesApartAndWeighsEvents) {
  const std::vector sets{made("a", {0.5F, 1, 2, 0.5F, 0, 3, 1.5F, 1, 1, 5, 0, 4}),
                         made("b", {0.5F, 1, 1, 1.5F, 1, 1, 1.5F, 0, 1})};
  const auto found = measure_distribution(node_of("x", {0, 2}), sets, {});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].unit, "GeV");
  EXPECT_THAT(found[0].edges, ElementsAre(0, 1, 2));
  const auto& all = found[0].histograms;
  ASSERT_THAT(all, SizeIs(4));
  EXPECT_EQ(all[0].events, "background");
  EXPECT_EQ(all[0].data, "a");
  EXPECT_THAT(sums(all[0]), ElementsAre(3, 0));
  EXPECT_EQ(all[0].histogram.overflow.sum, 4);
  EXPECT_EQ(all[0].histogram.events, 2U);
  EXPECT_THAT(sums(all[1]), ElementsAre(0, 1));
  EXPECT_EQ(all[2].events, "signal");
  EXPECT_THAT(sums(all[2]), ElementsAre(2, 1));
  EXPECT_THAT(sums(all[3]), ElementsAre(1, 1));
}

TEST(Distribution, ComparesEachWithTheFirstClassByClass) {
  const auto a = made("a", {0.5F, 1, 1, 1.5F, 0, 1});
  const auto b = made("b", {0.5F, 1, 1, 0.5F, 0, 1});
  const auto found = measure_distribution(node_of("x", {0, 2}), {a, b}, {}).at(0).comparisons;
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].of, "b");
  EXPECT_EQ(found[0].to, "a");
  EXPECT_EQ(found[0].events, "background");
  EXPECT_EQ(found[0].quantities.at(0).value, 1);  // nothing in common
  EXPECT_EQ(found[1].quantities.at(0).value, 0);
}

TEST(Distribution, TakesAllEventsTogetherWhereClassesDiffer) {
  const std::vector sets{made("a", {0.5F, 1, 1, 1.5F, 0, 1}), made("real", {0.5F, 7.5F, 1}, 0)};
  const auto found = measure_distribution(node_of("x", {0, 2}), sets, {}).at(0).histograms;
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].events, "all");
  EXPECT_THAT(sums(found[0]), ElementsAre(1, 1));
}

TEST(Distribution, NumbersMoreThanTwoClasses) {
  const std::vector sets{made("a", {0, 0, 1, 1, 1, 1, 2, 2, 1}, 3)};
  const auto found = measure_distribution(node_of("x"), sets, {}).at(0);
  ASSERT_THAT(found.histograms, SizeIs(3));
  EXPECT_EQ(found.histograms[2].events, "class 2");
  EXPECT_THAT(found.comparisons, IsEmpty());
}

TEST(Distribution, CountsFilledSlotsAlone) {
  auto set = std::make_shared<data::Dataset>(
      Columns{{column("p.0.pt", Role::feature, 0), column("p.1.pt", Role::feature, 1),
               column("p.0.filled", Role::mask, 0), column("p.1.filled", Role::mask, 1)},
              ""});
  const std::vector<float> values{5, 3, 1, 1, 4, 0, 1, 0};
  const std::vector<std::uint64_t> ids{1, 2};
  set->append(2, values.data(), ids.data());
  auto node = node_of("p.0.pt", {0, 10});
  node.columns = {"p.0.pt", "p.1.pt", "p.1.filled"};
  const auto found = measure_distribution(node, {{"a", set}}, {});
  ASSERT_THAT(found, SizeIs(3));
  EXPECT_EQ(found[0].histograms[0].histogram.events, 2U);
  EXPECT_EQ(found[1].histograms[0].histogram.events, 1U);
  EXPECT_THAT(sums(found[1].histograms[0]), ElementsAre(1, 0));
  EXPECT_EQ(found[2].histograms[0].histogram.events, 2U);
}

TEST(Distribution, OfAnEmptySplitIsAnError) {
  auto node = node_of("x");
  node.split = "test";
  try {
    measure_distribution(node, {made("few", {1, 1, 1})}, {1, 0, 0});
    FAIL();
  } catch (const RunError& error) {
    EXPECT_STREQ(error.what(), "split 'test' of data set 'few' has no events");
  }
}

constexpr auto jets = R"(
[pipeline]
name = "look"
[reader.pythia]
use            = "toy_jets"
jets_per_class = 300
[reader.herwig]
use            = "toy_jets"
simulation     = "herwig"
jets_per_class = 300
[transform.features]
use   = "jet_features"
input = ["pythia", "herwig"]
[distribution.jets]
of      = ["features.pythia", "features.herwig"]
columns = ["jet.*", "constituent.30.log_pt"]
split   = "all"
[distribution.raw]
of      = "pythia"
columns = "constituent.0.pt"
)";

StudyOutcome outcome_of(const pipeline::Plan& plan, int threads = 2) {
  Observer nobody;
  return run_study(plan, {threads, nullptr}, nobody);
}

/// Everything that is in the results, in a form that can be compared.
std::vector<double> numbers(const std::vector<MeasuredDistribution>& list) {
  std::vector<double> out;
  for (const auto& one : list) {
    out.insert(out.end(), one.edges.begin(), one.edges.end());
    for (const auto& each : one.histograms)
      for (const auto& bin : each.histogram.bins) out.insert(out.end(), {bin.sum, bin.squares});
    for (const auto& pair : one.comparisons)
      for (const auto& quantity : pair.quantities)
        out.push_back(quantity.undefined.empty() ? quantity.value : -1);
  }
  return out;
}

TEST(Distribution, OfAStudyWithoutTrainingsIsThere) {
  const auto outcome = outcome_of(testing::plan_of(jets));
  EXPECT_THAT(outcome.failures, IsEmpty());
  std::map<std::string, std::pair<std::string, std::size_t>> found;
  for (const auto& one : outcome.results.distributions)
    found[one.name + " " + one.column] = {one.unit, one.histograms.size()};
  EXPECT_EQ(found.at("jets jet.mass"), std::pair(std::string{"GeV"}, std::size_t{4}));
  EXPECT_EQ(found.at("jets jet.n_constituents").second, 4U);
  EXPECT_EQ(found.at("jets jet.log_mass").second, 4U);
  EXPECT_EQ(found.at("raw constituent.0.pt").first, "GeV");
  for (const auto& one : outcome.results.distributions)
    if (one.column == "jet.mass")
      for (const auto& each : one.histograms) {
        EXPECT_EQ(each.histogram.events, 300U);
        EXPECT_EQ(each.histogram.total(), 300);
      }
}

TEST(Distribution, IsTheSameForAnyNumberOfThreads) {
  const auto plan = testing::plan_of(jets);
  const auto one = numbers(outcome_of(plan, 1).results.distributions);
  EXPECT_GT(one.size(), 1000U);
  EXPECT_EQ(one, numbers(outcome_of(plan, 2).results.distributions));
  EXPECT_EQ(one, numbers(outcome_of(plan, 4).results.distributions));
}

TEST(Distribution, ChangesNoNumberOfTheStudy) {
  const auto values = [](const StudyOutcome& outcome) {
    std::vector<double> out;
    for (const auto& row : outcome.results.rows)
      for (const auto& quantity : row.quantities) out.push_back(quantity.value);
    return out;
  };
  const auto with = testing::tiny_plan("[distribution.d]\nof = 'features'\ncolumns = 'jet.*'");
  const auto plain = testing::tiny_plan();
  EXPECT_EQ(with.data.size(), plain.data.size());
  EXPECT_EQ(with.trainings.front().key, plain.trainings.front().key);
  const auto outcome = outcome_of(with);
  EXPECT_FALSE(values(outcome).empty());
  EXPECT_EQ(values(outcome), values(outcome_of(plain)));
  EXPECT_FALSE(outcome.results.distributions.empty());
}

TEST(Distribution, IsMadeOfOneClassAlone) {
  // No network meets these events, so they need no background.
  const auto outcome = outcome_of(testing::plan_of(std::string{jets} + R"(
[transform.higgs]
use   = "select"
keep  = "label > 0.5"
input = ["pythia"]
[distribution.signal]
of      = "higgs.pythia"
columns = "jet.mass"
)"));
  EXPECT_THAT(outcome.failures, IsEmpty());
  const auto& last = outcome.results.distributions.back();
  ASSERT_THAT(last.histograms, SizeIs(2));
  EXPECT_EQ(last.histograms[0].histogram.events, 0U);
  EXPECT_GT(last.histograms[1].histogram.events, 200U);
}

std::filesystem::path data_folder() {
  const char* given = std::getenv("STEPPE_DATA");
  return given ? given : std::filesystem::path{STEPPE_SOURCE_DIR} / "../shared/data";
}

class RealJets : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!testing::catalogue().find("reader", "rs3l")) GTEST_SKIP() << "there is no reader 'rs3l'";
    if (std::filesystem::exists(data_folder() / "RS3Llike_Hbb_test.h5")) return;
    const auto reason = "no RS3Llike_*.h5 in '" + data_folder().string() +
                        "'; set STEPPE_DATA to the folder that has them";
    if (std::getenv("STEPPE_REQUIRE_DATA")) FAIL() << reason;
    GTEST_SKIP() << reason;
  }
};

TEST_F(RealJets, HaveTheHistogramsOfNumPy) {
  // numpy.histogram of n_constituents with range (0, 100) and of the mass with range (0, 250), ten
  // bins, of the first 100 jets of each file: float64, the mass from (pT, eta, E) by hand.
  const auto outcome = outcome_of(testing::plan_of(fmt::format(R"(
[pipeline]
name = "real"
[reader.pythia]
use            = "rs3l"
path           = ["{0}/*_test.h5"]
jets_per_class = 100
[reader.herwig]
use            = "rs3l"
path           = ["{0}/*_test.h5"]
simulation     = "herwig"
jets_per_class = 100
[transform.features]
use   = "jet_features"
input = ["pythia", "herwig"]
[distribution.number]
of      = ["features.pythia", "features.herwig"]
columns = "jet.n_constituents"
split   = "all"
bins    = 10
range   = [0, 100]
[distribution.mass]
of      = ["features.pythia", "features.herwig"]
columns = "jet.mass"
split   = "all"
bins    = 10
range   = [0, 250]
)",
                                                               data_folder().string())));
  ASSERT_THAT(outcome.failures, IsEmpty());
  const auto& number = outcome.results.distributions.at(0).histograms;
  EXPECT_EQ(number[0].events + number[0].data, "backgroundfeatures.pythia");
  EXPECT_THAT(sums(number[0]), ElementsAre(1, 8, 33, 24, 15, 8, 4, 4, 1, 1));
  EXPECT_EQ(number[0].histogram.overflow.sum, 1);
  EXPECT_THAT(sums(number[1]), ElementsAre(1, 15, 30, 21, 10, 10, 7, 4, 1, 0));
  EXPECT_EQ(number[1].histogram.overflow.sum, 1);
  EXPECT_THAT(sums(number[2]), ElementsAre(0, 2, 13, 34, 21, 22, 6, 1, 0, 1));
  EXPECT_THAT(sums(number[3]), ElementsAre(0, 5, 10, 29, 25, 22, 6, 3, 0, 0));
  const auto& mass = outcome.results.distributions.at(1).histograms;
  EXPECT_EQ(outcome.results.distributions.at(1).unit, "GeV");
  EXPECT_THAT(sums(mass[0]), ElementsAre(6, 29, 25, 20, 5, 7, 4, 2, 1, 0));
  EXPECT_THAT(sums(mass[1]), ElementsAre(6, 31, 29, 10, 11, 4, 4, 3, 1, 0));
  EXPECT_THAT(sums(mass[2]), ElementsAre(0, 3, 5, 5, 57, 23, 4, 0, 2, 0));
  EXPECT_EQ(mass[2].histogram.overflow.sum, 1);
  EXPECT_THAT(sums(mass[3]), ElementsAre(0, 3, 6, 7, 54, 23, 3, 2, 2, 0));
}

}  // namespace
}  // namespace steppe::run
