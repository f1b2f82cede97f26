// Standardisation that leaves empty slots out: its masks, its fit and what it hides.
#include "framework/data/fit.hpp"

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
