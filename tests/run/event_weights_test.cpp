// Weights of classes and negative weights of events in the training loss.
#include "framework/run/train/class_weights.hpp"

#include <cmath>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::tiny_plan;
using testing::values_of;

std::vector<std::uint32_t> training_rows(const data::Dataset& data) {
  return data::rows_of(data, data::Split::train, data::SplitFractions{});
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

}  // namespace
}  // namespace steppe::run
