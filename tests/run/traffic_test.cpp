// What steps of trainings send between host and device, counted, through the real plugins; and
// batches that are sent ahead.
#include "framework/run/train/training.hpp"

#include <string_view>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::tiny_plan;
using testing::values_of;

TrainingTraffic traffic_of(const std::string& device, const std::string& attack,
                           const std::string& headings, std::vector<std::string> sets = {}) {
  sets.insert(sets.end(), {"values.attack=" + attack, "values.jets=150", "trainer.fit.clip=0.5"});
  const auto plan = tiny_plan("\n" + headings, sets);
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  return train(plan.trainings.front(), *testing::load_first(plan), {}, compute::open_device(device),
               surroundings)
      .traffic;
}

std::vector<const char*> far_devices() {
  auto all = tested_devices();
  std::erase(all, std::string_view{"cpu"});
  return all;
}

struct Way {
  const char *name, *attack, *headings;
};
/// Every attack that is shipped, in each of the ways it goes about it.
constexpr Way ways[] = {
    {"Clean", "none", ""},
    {"Fgsm", "fgsm", "[attack.fgsm]\nepsilon = 0.05\nhold = ['padding', 'flags']\n"},
    {"FgsmInSigmas", "fgsm", "[attack.fgsm]\nepsilon = 0.05\nunit = 'sigma'\n"},
    {"Noise", "noise", "[attack.noise]\nepsilon = 0.05\nhold = ['padding']\n"},
    {"Pgd", "pgd",
     "[attack.pgd]\nsteps = 2\nrestarts = 2\nstart = 'random'\nkeep = 'best'\nhold = ['flags']\n"},
    {"PgdInLengths", "pgd",
     "[attack.pgd]\nsteps = 2\nrestarts = 2\nstart = 'random'\nnorm = 'l2'\n"},
    {"Sam", "sam", "[attack.sam]\nrho = 0.05\n"},
    {"SamBySigns", "sam", "[attack.sam]\nrho = 0.01\nascent = 'sign'\n"},
    {"SsamD", "ssam_d", "[attack.ssam_d]\nrho = 0.05\nupdate_every = 1\n"},
    {"SsamDAsPrinted", "ssam_d",
     "[attack.ssam_d]\nrho = 0.001\nascent = 'sign'\ndecay = 'none'\nupdate_every = 1\n"
     "update_batches = 'all'\nupdate = 'before'\n"}};

class TrafficOn : public ::testing::TestWithParam<const char*> {};

TEST_P(TrafficOn, NothingComesBackInAStepOfAShippedAttackAndOptimizer) {
  for (const auto& [name, attack, headings] : ways) {
    for (const std::string optimizer : {"adamw", "sgd"}) {
      SCOPED_TRACE(std::string{name} + " with " + optimizer);
      const auto traffic =
          traffic_of(GetParam(), attack, std::string{headings} + "[optimizer.sgd]\n",
                     {"trainer.fit.optimizer=" + optimizer});
      EXPECT_GT(traffic.steps, 4U);
      EXPECT_GT(traffic.traffic.up, 0U);
      EXPECT_EQ(traffic.traffic.down, 0U);
      EXPECT_EQ(traffic.traffic.waits, 0U);
      EXPECT_TRUE(traffic.sentences().empty());
    }
  }
}

TEST_P(TrafficOn, AStageThatMapsIsNamed) {
  const auto traffic = traffic_of(GetParam(), "fgsm",
                                  "[attack.fgsm]\nepsilon = 0.05\nproject = ['box']\n"
                                  "[projector.box]\nlow = [-1000.0]\nhigh = [1000.0]\n");
  ASSERT_EQ(traffic.stages.size(), 1U);
  const auto& box = traffic.stages[0];
  EXPECT_EQ(box.stage, "projector 'box'");
  EXPECT_EQ(box.steps, traffic.steps);
  EXPECT_EQ(box.traffic.down, traffic.traffic.down);
  EXPECT_EQ(traffic.sentences()[0].find("projector 'box' maps tensors on the host: "), 0U);
}

TEST_P(TrafficOn, ALayerOfAPluginIsNamed) {
  const auto traffic =
      traffic_of(GetParam(), "none", "", {"model.tagger.front=['compress_tails']"});
  ASSERT_EQ(traffic.stages.size(), 1U);
  EXPECT_EQ(traffic.stages[0].stage, "layer 'compress_tails'");
  EXPECT_EQ(traffic.stages[0].steps, traffic.steps);
}

TEST(TrafficOnCpu, IsNone) {
  const auto traffic = traffic_of("cpu", "sam", "");
  EXPECT_GT(traffic.steps, 4U);
  EXPECT_EQ(traffic.traffic.up + traffic.traffic.down + traffic.traffic.waits, 0U);
}

using Rows = std::vector<std::uint32_t>;

std::vector<float> values_of_batch(compute::Queue& queue, const data::Batch& batch) {
  std::vector<float> out;
  for (const auto& part : {batch.features(), batch.labels(), batch.weights()}) {
    const auto more = values_of(queue, part);
    out.insert(out.end(), more.begin(), more.end());
  }
  return out;
}

class BatchesOn : public ::testing::TestWithParam<const char*> {
 protected:
  /// Of a batch that was loaded at once.
  std::vector<float> wanted(const Rows& rows) {
    data::Batch batch{*data, *queue, 32};
    batch.load(rows);
    return values_of_batch(*queue, batch);
  }

  std::shared_ptr<const data::Dataset> data = testing::load_first(tiny_plan());
  std::shared_ptr<compute::Device> device = compute::open_device(GetParam());
  std::unique_ptr<compute::Queue> queue = device->queue();
  const Rows first{5, 3, 8}, second{1, 9, 2, 7}, third{4};
};

TEST_P(BatchesOn, SentAheadAreTheSame) {
  data::Batch batch{*data, *queue, 32};
  batch.load(first);
  batch.load_ahead(second);
  queue->fill(batch.features(), 1.0F);  // nothing of the next batch is here yet
  EXPECT_EQ(values_of(*queue, batch.features()), std::vector<float>(3 * 602, 1.0F));
  batch.load(second);
  batch.load_ahead(third);
  EXPECT_EQ(values_of_batch(*queue, batch), wanted(second));
  batch.load(third);
  EXPECT_EQ(values_of_batch(*queue, batch), wanted(third));
}

TEST_P(BatchesOn, SentAheadForNothingLeaveNoTrace) {
  data::Batch batch{*data, *queue, 32};
  batch.load(first);
  batch.load_ahead(second);
  batch.load(third);
  EXPECT_EQ(values_of_batch(*queue, batch), wanted(third));
  batch.load_ahead(first);
  batch.load(first);
  EXPECT_EQ(values_of_batch(*queue, batch), wanted(first));
}

TEST_P(BatchesOn, SentAheadWaitForNothing) {
  data::Batch batch{*data, *queue, 32};
  const auto before = queue->traffic();
  batch.load(first);
  batch.load_ahead(second);
  const auto sent = queue->traffic() - before;
  EXPECT_EQ(sent.up, (3 + 4) * (602 + 2) * sizeof(float));
  EXPECT_EQ(sent.waits + sent.turns + sent.down, 0U);
}

INSTANTIATE_TEST_SUITE_P(Devices, TrafficOn, ::testing::ValuesIn(far_devices()),
                         [](const auto& test) { return std::string{test.param}; });
INSTANTIATE_TEST_SUITE_P(Devices, BatchesOn, ::testing::ValuesIn(far_devices()),
                         [](const auto& test) { return std::string{test.param}; });

}  // namespace
}  // namespace steppe::run
