// Averaged weights, dropout, class weights and standardisation variants in whole trainings.
#include "framework/run/train/training.hpp"

#include <cmath>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::same_bits;
using testing::tiny_plan;
using testing::values_of;

TrainedNetwork train_with(const std::vector<std::string>& sets, const std::string& device,
                          const std::string& more = "") {
  const auto plan = tiny_plan(more, sets);
  plugin::Surroundings surroundings;
  surroundings.seed = plan.seed;
  return train(plan.trainings.front(), *testing::load_first(plan), {}, compute::open_device(device),
               surroundings);
}

std::vector<float> weights_of(const TrainedNetwork& trained) {
  return values_of(*trained.device->queue(), trained.at.weights);
}

std::vector<float> buffer(const TrainedNetwork& trained, const std::string& name) {
  const auto& table = trained.network->buffers()->segments();
  for (std::size_t s = 0; s < table.size(); ++s)
    if (table[s].name == name)
      return values_of(*trained.device->queue(), trained.at.buffers.segment(s));
  throw std::runtime_error{"no buffer " + name};
}

/// A clean training that ends with its last epoch.
std::vector<std::string> last_of(int epochs, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"trainer.fit.keep=last", "trainer.fit.epochs=" + std::to_string(epochs),
                           "model.tagger.hidden=[8]"});
  return more;
}

/// keep * mean + (1 - keep) * now, as the operation rounds it.
void move(std::vector<float>& mean, const std::vector<float>& now, double keep) {
  const auto stays = static_cast<float>(keep), comes = static_cast<float>(1 - keep);
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = comes * now[i] + stays * mean[i];
}

std::vector<std::uint32_t> training_rows(const data::Dataset& data) {
  return data::rows_of(data, data::Split::train, data::SplitFractions{});
}

class OptionsOn : public ::testing::TestWithParam<const char*> {};

TEST_P(OptionsOn, SwaIsTheMeanOfTheWeightsAtTheEndsOfEpochs) {
  auto wanted = weights_of(train_with(last_of(2), GetParam()));
  move(wanted, weights_of(train_with(last_of(3), GetParam())), 1.0 / 2.0);
  move(wanted, weights_of(train_with(last_of(4), GetParam())), 2.0 / 3.0);
  const auto averaged =
      train_with(last_of(4, {"trainer.fit.average=swa", "trainer.fit.average_from=1"}), GetParam());
  EXPECT_TRUE(same_bits(weights_of(averaged), wanted));
}

TEST_P(OptionsOn, EmaFollowsTheWeightsOfEveryStep) {
  // One step an epoch.
  const std::vector<std::string> whole{"trainer.fit.batch=100000"};
  auto wanted = weights_of(train_with(last_of(1, whole), GetParam()));
  for (int steps = 2; steps <= 4; ++steps)
    move(wanted, weights_of(train_with(last_of(steps, whole), GetParam())), 0.75);
  auto averaged = whole;
  averaged.insert(averaged.end(), {"trainer.fit.average=ema", "trainer.fit.average_decay=0.75"});
  EXPECT_TRUE(same_bits(weights_of(train_with(last_of(4, averaged), GetParam())), wanted));
}

TEST_P(OptionsOn, AveragingLeavesTheStepsAlone) {
  const auto losses = [&](std::vector<std::string> sets) {
    sets.insert(sets.end(), {"trainer.fit.epochs=4", "model.tagger.hidden=[8]"});
    std::vector<double> out;
    for (const auto& epoch : train_with(sets, GetParam()).history.epochs) out.push_back(epoch[0]);
    return out;
  };
  const auto plain = losses({});
  EXPECT_EQ(losses({"trainer.fit.average=ema"}), plain);
  EXPECT_EQ(losses({"trainer.fit.average=swa", "trainer.fit.average_from=1"}), plain);
}

TEST_P(OptionsOn, AveragedWeightsHaveStatisticsOfTheTrainingSplit) {
  const auto sets = last_of(3, {"trainer.fit.average=swa"});
  const auto trained = train_with(sets, GetParam());
  const auto data = testing::load_first(tiny_plan("", sets));
  const auto rows = training_rows(*data);
  const auto queue = trained.device->queue();
  const auto& network = *trained.network;
  network::Passes passes{network, *queue, 64};
  data::Batch batch{*data, *queue, 64};
  const WeightPoint at{trained.at.weights, trained.device->flat(network.buffers())};
  const auto segments = network.statistics();
  std::vector<double> wanted(2 * 8, 0.0);
  double batches = 0;
  for (std::size_t first = 0; first + 1 < rows.size(); first += 64, ++batches) {
    batch.load(std::span{rows}.subspan(first, std::min<std::size_t>(64, rows.size() - first)));
    queue->copy(trained.at.buffers, at.buffers);
    for (const auto s : segments) queue->fill(at.buffers.segment(s), 0.0F);
    // From zero, running statistics become a tenth of the batch's own.
    passes.forward(at.weights, at.buffers, batch.features(), network::Mode::train);
    for (std::size_t s = 0; s < 2; ++s) {
      const auto own = values_of(*queue, at.buffers.segment(segments[s]));
      for (std::size_t i = 0; i < 8; ++i) wanted[8 * s + i] += 10.0 * double{own[i]};
    }
  }
  for (std::size_t s = 0; s < 2; ++s) {
    const auto got = values_of(*queue, trained.at.buffers.segment(segments[s]));
    for (std::size_t i = 0; i < 8; ++i)
      EXPECT_NEAR(got[i], wanted[8 * s + i] / batches, 2e-6 * (1 + std::abs(got[i])));
  }
}

TEST_P(OptionsOn, AveragingKeepsTheFitAndItsCounts) {
  EXPECT_TRUE(same_bits(
      buffer(train_with(last_of(3, {"trainer.fit.average=ema"}), GetParam()), "standardise_0.mean"),
      buffer(train_with(last_of(3), GetParam()), "standardise_0.mean")));
  const std::string running = "model.tagger.preprocess=[\"standardise_running\"]";
  const auto plain = train_with(last_of(3, {running}), GetParam());
  const auto averaged = train_with(last_of(3, {running, "trainer.fit.average=swa"}), GetParam());
  for (const auto* name : {"mean", "factor", "variance", "rows_seen"})
    EXPECT_TRUE(same_bits(buffer(averaged, std::string{"standardise_running_0."} + name),
                          buffer(plain, std::string{"standardise_running_0."} + name)));
}

TEST_P(OptionsOn, RunningMomentsSeeTheRowsOfEveryPassThatTrains) {
  const auto rows_seen = [&](const std::string& batch_norm) {
    const auto trained =
        train_with(last_of(2, {"model.tagger.preprocess=[\"standardise_running\"]",
                               "values.attack=fgsm", "attack.fgsm.batch_norm=" + batch_norm}),
                   GetParam(), "\n[attack.fgsm]\nepsilon = 0.01\n");
    const auto events = static_cast<float>(2 * trained.train_rows);
    return buffer(trained, "standardise_running_0.rows_seen").front() / events;
  };
  EXPECT_EQ(rows_seen("batch"), 1.0F);
  EXPECT_EQ(rows_seen("train"), 2.0F);
}

TEST_P(OptionsOn, DropoutOfZeroIsNone) {
  EXPECT_TRUE(same_bits(weights_of(train_with(last_of(2, {"model.tagger.dropout=0"}), GetParam())),
                        weights_of(train_with(last_of(2), GetParam()))));
}

TEST_P(OptionsOn, AttacksOfNoStrengthLeaveDropoutAlone) {
  const auto clean = weights_of(train_with(last_of(2, {"model.tagger.dropout=0.3"}), GetParam()));
  EXPECT_FALSE(same_bits(clean, weights_of(train_with(last_of(2), GetParam()))));
  const auto attacked = train_with(last_of(2, {"model.tagger.dropout=0.3", "values.attack=fgsm"}),
                                   GetParam(), "\n[attack.fgsm]\nepsilon = 0.0\n");
  EXPECT_TRUE(same_bits(weights_of(attacked), clean)) << "the attack's passes draw nothing more";

  // Sharpness-aware steps of no length: the gradient at the weights, under the same mask.
  const auto unmoved =
      train_with(last_of(2, {"model.tagger.dropout=0.3", "values.attack=up"}), GetParam(),
                 "\n[attack.up]\nuse = \"fgsm\"\nepsilon = 0.0\nspace = \"weights\"\n");
  EXPECT_TRUE(same_bits(weights_of(unmoved), clean));
}

TEST_P(OptionsOn, EqualClassWeightsChangeNothing) {
  const auto plain = weights_of(train_with(last_of(2), GetParam()));
  for (const auto* weights : {"[1, 1]", "[4, 4]"})
    EXPECT_TRUE(same_bits(
        weights_of(train_with(last_of(2, {std::string{"trainer.fit.class_weights="} + weights}),
                              GetParam())),
        plain));
  EXPECT_FALSE(same_bits(
      weights_of(train_with(last_of(2, {"trainer.fit.class_weights=[1, 4]"}), GetParam())), plain));
}

TEST_P(OptionsOn, DropoutIsTheSameInAllPassesOnABatch) {
  testing::Bench bench{tiny_plan("", {"model.tagger.dropout=0.3", "model.tagger.batch_norm=false"}),
                       GetParam(), 40};
  bench.loss.set_events(bench.batch, compute::RandomKey{1, 2});
  const auto attacked = bench.logits(network::Mode::train_frozen);
  EXPECT_TRUE(same_bits(attacked, bench.logits(network::Mode::train)));
  EXPECT_FALSE(same_bits(attacked, bench.logits(network::Mode::inference)));
  bench.loss.set_events(bench.batch, compute::RandomKey{1, 3});
  EXPECT_FALSE(same_bits(attacked, bench.logits(network::Mode::train)));
}

INSTANTIATE_TEST_SUITE_P(Devices, OptionsOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

TEST(Options, GiveTheSameBitsOnBothDevices) {
  for (const std::vector<std::string>& sets :
       {std::vector<std::string>{"model.tagger.dropout=0.3"},
        {"model.tagger.preprocess=[\"standardise_running\"]"},
        {"model.tagger.preprocess=[\"standardise_filled\"]"},
        {"trainer.fit.average=ema"},
        {"trainer.fit.balance_classes=true"}})
    EXPECT_TRUE(same_bits(weights_of(train_with(last_of(2, sets), "cpu")),
                          weights_of(train_with(last_of(2, sets), "far"))))
        << sets.front();
}

std::string refusal_of(const std::vector<std::string>& sets) {
  try {
    train_with(last_of(2, sets), "cpu");
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

TEST(Options, ThatCannotWorkAreRefused) {
  EXPECT_EQ(refusal_of({"trainer.fit.average=swa", "trainer.fit.average_from=2"}),
            "trainer 'fit': 'average_from' is 2 and there are 2 epochs, from 0; average from an "
            "earlier one");
  EXPECT_EQ(refusal_of({"trainer.fit.class_weights=[0, 0]"}),
            "trainer 'fit': all events of batch 0 of epoch 0 (step 1) have weight 0; leave such "
            "events out, or try larger batches");
}

}  // namespace
}  // namespace steppe::run
