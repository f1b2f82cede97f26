// Data nodes: what arrives from a reader through transforms, and what is said about it.
#include "framework/run/events/dataset.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <set>

#include "tiny_study.hpp"
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace steppe::run {
namespace {

using testing::plan_of;

/// A study on the data set `last` of some transforms behind toy jets.
pipeline::Plan plan_with(const std::string& transforms, const std::string& last,
                         const std::vector<std::string>& sets = {}) {
  return plan_of(R"(
[pipeline]
name = "data"
[reader.toy]
use            = "toy_jets"
jets_per_class = 150
[model.tagger]
use = "dense"
[optimizer.adamw]
[trainer.fit]
use       = "supervised"
data      = ")" + last +
                     R"("
model     = "tagger"
optimizer = "adamw"
)" + transforms,
                 sets);
}

std::shared_ptr<const data::Dataset> load(const pipeline::Plan& plan, std::size_t chunk = 1024) {
  return load_dataset(plan.data.front(), {}, {.chunk_rows = chunk});
}

bool same_matrix(const compute::HostMatrix& a, const compute::HostMatrix& b) {
  if (a.rows != b.rows || a.columns != b.columns) return false;
  for (std::size_t r = 0; r < a.rows; ++r)
    if (std::memcmp(a.row(r), b.row(r), a.columns * sizeof(float)) != 0) return false;
  return true;
}

void expect_same(const data::Dataset& a, const data::Dataset& b) {
  EXPECT_TRUE(std::ranges::equal(a.event_ids(), b.event_ids()));
  EXPECT_TRUE(same_matrix(a.features(), b.features()));
  EXPECT_TRUE(same_matrix(a.labels(), b.labels()));
  EXPECT_TRUE(same_matrix(a.weights(), b.weights()));
  EXPECT_TRUE(same_matrix(a.masks(), b.masks()));
}

/// Two surveys, one behind the other, among transforms that need none.
constexpr auto everything = R"(
[transform.boosted]
use   = "select"
keep  = "jet.pt > 420"
input = ["toy"]
[transform.rare]
use             = "mix"
signal_fraction = 0.3
input           = ["boosted"]
[transform.turned]
use      = "augment"
smear_pt = 0.1
input    = ["rare"]
[transform.leading]
use   = "constituents"
slots = 10
input = ["turned"]
[transform.features]
use          = "jet_features"
constituents = 10
input        = ["leading"]
[transform.fair]
use   = "balance"
by    = "weights"
input = ["features"]
)";

TEST(DataNode, GivesTheSameBytesForAnyChunksThreadsAndPlaces) {
  const auto plan = plan_with(everything, "fair");
  const auto whole = load(plan);
  for (const int threads : {1, 2, 4}) {
    const tbb::global_control limit{tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(threads)};
    tbb::task_arena arena{threads};
    for (const std::size_t chunk : {1, 7, 4096})
      for (const std::uint64_t in_memory : {0U, 50000U, 1U << 30U}) {
        Loading how;
        how.chunk_rows = chunk;
        how.keeping.in_memory = in_memory;
        const auto data = arena.execute([&] { return load_dataset(plan.data[0], {}, how); });
        expect_same(*data, *whole);
        EXPECT_EQ(data->in_file(), in_memory < 1U << 30U);
      }
  }
}

TEST(DataNode, StopsWhenItIsCancelled) {
  const auto plan = plan_with(R"(
[transform.features]
use   = "jet_features"
input = ["toy"]
)",
                              "features");
  plugin::Surroundings surroundings;
  std::atomic<int> asked = 0;
  surroundings.cancelled = [&] { return ++asked > 3; };
  EXPECT_THROW(load_dataset(plan.data[0], surroundings, {.chunk_rows = 7}), plugin::Cancelled);
}

TEST(DataNode, GoesThroughSurveysOneAfterTheOther) {
  const auto data = load(plan_with(everything, "fair"));
  const auto signal = static_cast<double>(data->class_rows()[1]);
  EXPECT_NEAR(signal / static_cast<double>(data->rows()), 0.3, 0.01);
  double sums[2] = {0, 0};
  for (std::size_t r = 0; r < data->rows(); ++r)
    sums[data->labels().row(r)[0] == 1 ? 1 : 0] += double{data->weights().row(r)[0]};
  EXPECT_NEAR(sums[0], static_cast<double>(data->rows()) / 2, 1e-3);
  EXPECT_NEAR(sums[1], static_cast<double>(data->rows()) / 2, 1e-3);
}

TEST(DataNode, KeepsTheSameHardEventsOfBothSimulations) {
  const std::string thin = R"(
[transform.rare]
use             = "mix"
signal_fraction = 0.2
input           = ["toy"]
[transform.features]
use   = "jet_features"
input = ["rare"]
)";
  const auto pythia = load(plan_with(thin, "features"));
  const auto herwig = load(plan_with(thin, "features", {"reader.toy.simulation=herwig"}));
  EXPECT_TRUE(std::ranges::equal(pythia->event_ids(), herwig->event_ids()));
  EXPECT_FALSE(same_matrix(pythia->features(), herwig->features()));
}

TEST(DataNode, NamesTheStageThatHasNothingLeft) {
  const auto plan = plan_with(R"(
[transform.none]
use   = "select"
keep  = "jet.pt > 1e6"
input = ["toy"]
[transform.fair]
use   = "balance"
input = ["none"]
[transform.features]
use   = "jet_features"
input = ["fair"]
)",
                              "features");
  try {
    load(plan);
    FAIL();
  } catch (const plugin::PluginError& error) {
    EXPECT_STREQ(error.what(),
                 "transform 'fair': there is no event of class 0, so nothing would be left");
  }
}

/// A node of the reader `gappy` alone, and what was noted while it was loaded.
struct Gappy {
  explicit Gappy(const std::string& policy) {
    static const auto plugins =
        plugin::Catalogue::load({{STEPPE_RUN_TEST_PLUGINS, "tests of run", true}});
    node.name = node.reader.name = "gappy";
    node.reader.info = plugins.find("reader", "gappy");
    node.reader.wiring.items = {{"nan", plugin::Type::choice, false, {policy}},
                                {"impute_value", plugin::Type::real, false, {0.5}}};
  }

  std::shared_ptr<const data::Dataset> load(std::size_t chunk = 1024) {
    plugin::Surroundings surroundings;
    surroundings.log = [this](steppe_log_level, const std::string& text) { notes.push_back(text); };
    notes.clear();
    return load_dataset(node, surroundings, {.chunk_rows = chunk});
  }

  pipeline::DataNode node;
  std::vector<std::string> notes;
};

TEST(DataNode, LeavesOutEventsThatAreNotFinite) {
  Gappy gappy{"drop"};
  for (const std::size_t chunk : {1, 7, 1024}) {
    const auto data = gappy.load(chunk);
    EXPECT_EQ(data->rows(), 90U);  // every tenth of 100 has a gap
    EXPECT_EQ(data->gaps().dropped, 10U);
    EXPECT_EQ(data->gaps().imputed, 0U);
    EXPECT_EQ(gappy.notes.back(),
              "reader 'gappy': 10 events with values that are not finite were left out: 10 in 'x'");
  }
}

TEST(DataNode, PutsAValueWhereThereIsNoFiniteOne) {
  Gappy gappy{"impute"};
  const auto data = gappy.load();
  EXPECT_EQ(data->rows(), 100U);
  EXPECT_EQ(data->gaps().imputed, 10U);
  EXPECT_EQ(data->features().row(20)[0], 0.5F);
  EXPECT_EQ(data->features().row(21)[0], 21.0F);
}

TEST(DataNode, RefusesValuesThatAreNotFinite) {
  Gappy gappy{"refuse"};
  EXPECT_THROW(gappy.load(), data::DataError);
}

TEST(DataNode, CountsEventsByFileAndNotesFilesThatGaveNone) {
  Gappy gappy{"drop"};
  const auto data = gappy.load(7);
  ASSERT_EQ(data->files().size(), 3U);
  EXPECT_EQ(data->files()[0].events, 60U);
  EXPECT_EQ(data->files()[1].events, 0U);
  EXPECT_EQ(data->files()[1].rows, 5U);  // read, and all left out by the reader
  EXPECT_EQ(files_in_short(*data), "; read 60 of 'a.dat', 0 of 'b.dat', 40 of 'c.dat'");
  EXPECT_EQ(gappy.notes.front(), "reader 'gappy': no event was taken from 'some/b.dat'");
}

}  // namespace
}  // namespace steppe::run
