// Averaged weights, dropout, class weights and standardisation variants in whole trainings.
#include "framework/data/fit.hpp"
#include "framework/run/class_weights.hpp"
#include "framework/run/training.hpp"

#include <cmath>

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

/// The first `count` training events, or all of them.
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

INSTANTIATE_TEST_SUITE_P(Devices, OptionsOn, ::testing::Values("cpu", "far"),
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
  EXPECT_EQ(refusal_of({"trainer.fit.class_weights=[1, 2, 3]"}),
            "'class_weights' has 3 entries, and the data have 2 classes");
  EXPECT_EQ(refusal_of({"trainer.fit.class_weights=[0, 0]"}),
            "trainer 'fit': all events of batch 0 of epoch 0 (step 1) have weight 0; leave such "
            "events out, or try larger batches");
}

TEST(ClassWeights, BalancedClassesHaveTheSameSum) {
  const auto plan = tiny_plan("", {"trainer.fit.balance_classes=true"});
  const auto data = testing::load_first(plan);
  auto rows = training_rows(*data);
  // Most of the signal is left out.
  std::erase_if(rows, [&](auto row) { return *data->labels().row(row) == 1.0F && row % 5 != 0; });
  const auto weights = training_weights(*data, rows, plan.trainings.front().trainer.wiring);
  double sums[2] = {};
  for (const auto row : rows) sums[*data->labels().row(row) == 1.0F] += double{weights[row]};
  const auto all = static_cast<double>(rows.size());
  EXPECT_NEAR(sums[0], all / 2, 1e-5 * all);
  EXPECT_NEAR(sums[1], all / 2, 1e-5 * all);
}

TEST(ClassWeights, AreAsGoodAsDuplicatedEvents) {
  const auto plan = tiny_plan("", {"trainer.fit.class_weights=[1, 2]"});
  testing::Bench bench{plan, "cpu", 60};
  auto& queue = *bench.queue;
  const auto weights = training_weights(*bench.data, training_rows(*bench.data),
                                        plan.trainings.front().trainer.wiring);
  const auto gradient_of = [&](const std::vector<std::uint32_t>& rows, bool weighted) {
    data::Batch batch{*bench.data, queue, rows.size()};
    if (weighted) batch.weigh_by(weights);
    batch.load(rows);
    BatchLoss loss{bench.network, queue, rows.size()};
    // Batch statistics would see the copies.
    loss.forward(bench.at, batch.features(), batch.labels(), STEPPE_LOSS, network::Mode::inference);
    const auto gradient = bench.device->flat(bench.network.weights());
    loss.weight_gradient(batch.weights(), gradient);
    return values_of(queue, gradient);
  };
  std::vector<std::uint32_t> once, copied;
  for (std::uint32_t row = 0; row < 40; ++row) {
    once.push_back(row * 9);
    for (int copy = 0; copy <= (*bench.data->labels().row(row * 9) == 1.0F); ++copy)
      copied.push_back(row * 9);
  }
  ASSERT_GT(copied.size(), once.size());
  const auto weighted = gradient_of(once, true), duplicated = gradient_of(copied, false);
  for (std::size_t i = 0; i < weighted.size(); ++i)
    ASSERT_NEAR(weighted[i], duplicated[i], 2e-6 * (1 + std::abs(duplicated[i])));
}

TEST(NegativeWeights, GiveTheGradientOfTheWeightedMean) {
  // Logistic regression on the columns as they are: sum w (s - y) x / sum |w|.
  testing::Bench bench{tiny_plan("", {"model.tagger.hidden=[]", "model.tagger.preprocess=[]"}),
                       "cpu", 50};
  auto& queue = *bench.queue;
  const auto weights = bench.device->matrix(50, 1), mean = bench.device->matrix(1, 1);
  {
    const compute::Mapped view{queue, weights};
    for (std::size_t r = 0; r < 50; ++r) *view->row(r) = r % 3 == 0 ? -0.75F : 1.25F;
  }
  const auto logits = bench.logits(network::Mode::inference), losses = bench.losses();
  const auto x = bench.features(), y = values_of(queue, bench.batch.labels());
  const auto gradient = bench.device->flat(bench.network.weights());
  bench.loss.mean(weights, mean);
  bench.loss.weight_gradient(weights, gradient);
  const auto w = values_of(queue, weights);
  const auto columns = bench.batch.features().columns;
  std::vector<double> wanted(columns, 0.0);
  double loss = 0, sizes = 0;
  for (std::size_t r = 0; r < 50; ++r) sizes += std::abs(double{w[r]});
  for (std::size_t r = 0; r < 50; ++r) {
    const double slope = 1 / (1 + std::exp(-double{logits[r]})) - double{y[r]};
    loss += double{w[r]} * double{losses[r]} / sizes;
    for (std::size_t c = 0; c < columns; ++c)
      wanted[c] += double{w[r]} * slope * double{x[r * columns + c]} / sizes;
  }
  EXPECT_NEAR(values_of(queue, mean)[0], loss, 1e-6);
  const auto got = values_of(queue, gradient.segment(0));
  ASSERT_EQ(got.size(), columns);
  for (std::size_t c = 0; c < columns; ++c)
    EXPECT_NEAR(got[c], wanted[c], 2e-6 * (1 + std::abs(wanted[c]))) << c;
}

TEST(FilledSlots, AreThoseTheMasksName) {
  const auto plan = tiny_plan("", {"model.tagger.preprocess=[\"standardise_filled\"]"});
  for (const auto* device : {"cpu", "far"}) {
    testing::Bench bench{plan, device, 30};
    const auto filled = values_of(*bench.queue, bench.batch.filled());
    const auto columns = bench.data->features().columns;
    std::size_t empty = 0;
    for (std::size_t r = 0; r < 30; ++r)
      for (std::size_t c = 0; c < columns; ++c) {
        const int slot = bench.data->mask_of()[c];
        const float wanted =
            slot < 0 ? 1.0F : bench.data->masks().row(r)[static_cast<std::size_t>(slot)];
        ASSERT_EQ(filled[r * columns + c], wanted);
        empty += wanted == 0.0F;
      }
    EXPECT_GT(empty, 100U);
  }
}

TEST(FilledSlots, AloneMakeTheFit) {
  const auto data = testing::load_first(tiny_plan());
  const auto rows = training_rows(*data);
  const auto fit = data::fit_standardisation(*data, rows, true);
  for (std::size_t c = 0; c < fit.mean.size(); c += 37) {
    const int slot = data->mask_of()[c];
    std::vector<double> values;
    for (const auto row : rows)
      if (slot < 0 || data->masks().row(row)[slot] == 1.0F)
        values.push_back(data->features().row(row)[c]);
    double mean = 0, square = 0;
    for (const double value : values) mean += value / static_cast<double>(values.size());
    for (const double value : values)
      square += (value - mean) * (value - mean) / static_cast<double>(values.size());
    EXPECT_NEAR(fit.mean[c], mean, 1e-6 * (1 + std::abs(mean))) << c;
    if (square > 1e-9 * (1 + mean * mean))
      EXPECT_NEAR(fit.factor[c] * std::sqrt(square), 1.0, 1e-6) << c;
    else
      EXPECT_EQ(fit.factor[c], 1.0F) << c;
  }
}

TEST(FilledSlots, WhatIsInEmptyOnesDoesNotMatter) {
  testing::Bench bench{tiny_plan("", {"model.tagger.preprocess=[\"standardise_filled\"]"}), "cpu",
                       30};
  auto& queue = *bench.queue;
  bench.loss.set_events(bench.batch);
  const auto before = bench.logits(network::Mode::inference);
  const auto empty = bench.device->matrix(30, bench.batch.features().columns);
  queue.fill(empty, 1.0F);
  queue.axpy(-1.0F, bench.batch.filled(), empty);
  queue.axpy(0.25F, empty, bench.batch.features());
  const auto after = bench.logits(network::Mode::inference);
  for (std::size_t r = 0; r < before.size(); ++r) EXPECT_EQ(after[r], before[r]);
  const auto gradient = bench.device->matrix(30, empty.columns);
  bench.loss.input_gradient(gradient);
  EXPECT_GT(queue.dot(gradient, gradient), 0.0);
  EXPECT_EQ(queue.dot(gradient, empty), 0.0);
}

}  // namespace
}  // namespace steppe::run
