// The landscape under a measure: what it keeps between two calls is never another place's.
#include "framework/run/measure/landscape.hpp"

#include "framework/run/measure/kept_batches.hpp"

#include <memory>

#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::run {
namespace {

using testing::same_bits;
using testing::values_of;

TEST(Places, AreForTheFirstAndTheLastIsShared) {
  Places places{3};
  EXPECT_EQ(places.of(0), 0U);
  EXPECT_EQ(places.of(2), 2U);
  EXPECT_EQ(places.of(7), 2U);
  EXPECT_FALSE(places.take(1));
  EXPECT_TRUE(places.take(1));
  EXPECT_FALSE(places.take(2));
  EXPECT_FALSE(places.take(7));
  EXPECT_FALSE(places.take(2));
  EXPECT_TRUE(places.take(1));
  places.clear();
  EXPECT_FALSE(places.take(1));
}

TEST(Places, AreAsManyAsFitAndOneAtLeast) {
  EXPECT_EQ(places_for(5, 100, 1000), 5U);
  EXPECT_EQ(places_for(20, 100, 1000), 10U);
  EXPECT_EQ(places_for(20, 5000, 1000), 1U);
  EXPECT_EQ(places_for(0, 0, 1000), 1U);
}

class LandscapeOn : public ::testing::TestWithParam<const char*> {
 protected:
  LandscapeOn() : bench{testing::tiny_plan(), GetParam(), 1} {
    surroundings.queue = bench.queue.get();
    host = std::make_unique<plugin::StageHost>("sharpness", "it", surroundings);
  }

  /// Of `events` events, in batches of `batch`.
  std::unique_ptr<Landscape> landscape(const std::string& space, std::size_t events,
                                       const std::string& wiring = "") {
    plan = testing::tiny_plan(
        "\n[sharpness.it]\nuse = \"hessian\"\nof = \"fit\"\non = \"features\"\nspace = \"" + space +
        "\"\n" + wiring);
    std::vector<std::uint32_t> rows(events);
    for (std::size_t r = 0; r < events; ++r) rows[r] = static_cast<std::uint32_t>(3 * r % 400);
    const LandscapeOptions options{plan.sharpness.front().stage.wiring};
    auto made = make_landscape(options, bench.network, bench.at, *bench.data, rows, *host);
    EXPECT_EQ(made->table()->next(made->table()->self, &point, &objective, &piece_events),
              STEPPE_OK);
    return made;
  }

  compute::Tensor& at() { return point->values->tensor; }
  compute::Tensor like_point() {
    return at().segments ? bench.device->flat(at().segments)
                         : bench.device->matrix(at().rows, at().columns);
  }
  compute::Tensor random(std::uint64_t number) {
    const auto out = like_point();
    bench.queue->normal({7, number}, std::vector<std::uint64_t>(out.rows, number), 1.0F, out);
    return out;
  }
  std::vector<float> product(const compute::Tensor& place, const compute::Tensor& direction) {
    steppe_tensor where{place}, along{direction}, result{like_point()};
    EXPECT_EQ(objective->hessian(objective->self, &where, &along, &result), STEPPE_OK);
    return values_of(*bench.queue, result.tensor);
  }
  void shift_point(float by) {
    const auto shift = like_point();
    bench.queue->fill(shift, 1.0F);
    bench.queue->axpy(by, shift, at());
  }

  testing::Bench bench;
  plugin::Surroundings surroundings;
  std::unique_ptr<plugin::StageHost> host;
  pipeline::Plan plan;
  const steppe_point* point = nullptr;
  const steppe_objective* objective = nullptr;
  std::uint64_t piece_events = 0;
};

TEST_P(LandscapeOn, ProductsFollowThePointAndComeBackWithItBitForBit) {
  for (const auto* space : {"weights", "inputs"}) {
    const auto here = landscape(space, 50);
    const auto v = random(1), u = random(2);
    const auto start = like_point();
    bench.queue->copy(at(), start);
    const auto first = product(at(), v), other = product(at(), u);
    EXPECT_TRUE(same_bits(product(at(), v), first)) << space;
    shift_point(0.125F);
    EXPECT_FALSE(same_bits(product(at(), v), first)) << space;
    bench.queue->copy(start, at());
    EXPECT_TRUE(same_bits(product(at(), v), first)) << space;
    EXPECT_TRUE(same_bits(product(at(), u), other)) << space;
  }
}

TEST_P(LandscapeOn, ACopyOfThePointIsTheSamePlaceWhereverTheFirstOneGoes) {
  for (const auto* space : {"weights", "inputs"}) {
    const auto here = landscape(space, 50);
    const auto v = random(1), copy = like_point();
    bench.queue->copy(at(), copy);
    const auto wanted = product(at(), v);
    shift_point(0.125F);
    EXPECT_TRUE(same_bits(product(copy, v), wanted)) << space;
  }
}

TEST_P(LandscapeOn, GradientsInBetweenChangeNoProduct) {
  for (const auto* space : {"weights", "inputs"}) {
    const auto here = landscape(space, 50);
    const auto v = random(1);
    const auto wanted = product(at(), v);
    steppe_tensor elsewhere{random(3)}, gradient{like_point()};
    ASSERT_EQ(objective->evaluate(objective->self, &elsewhere, STEPPE_LOGIT, nullptr, &gradient),
              STEPPE_OK);
    EXPECT_TRUE(same_bits(product(at(), v), wanted)) << space;
  }
}

TEST_P(LandscapeOn, KeptEventsAreThoseThatWouldBeLoaded) {
  std::vector<std::uint32_t> rows(90);
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = static_cast<std::uint32_t>(399 - 4 * r);
  const auto columns = bench.data->features().columns;
  for (const std::size_t room : {std::size_t{0}, 2 * 20 * columns, 100 * columns}) {
    KeptBatches batches{*bench.data, *bench.queue, rows, 20, room};
    EXPECT_EQ(batches.count(), 5U);
    for (const std::size_t b : {0U, 1U, 2U, 3U, 4U, 4U, 1U, 3U, 0U}) {
      data::Batch loaded{*bench.data, *bench.queue, 20};
      loaded.load(batches.rows(b));
      EXPECT_EQ(batches[b].rows(), b == 4 ? 10U : 20U);
      EXPECT_TRUE(same_bits(values_of(*bench.queue, batches[b].features()),
                            values_of(*bench.queue, loaded.features())))
          << room << ", " << b;
    }
  }
}

TEST_P(LandscapeOn, WeightsThatAreHeldGetNoGradientAndTheOthersTheSame) {
  const auto result = [&](bool product_wanted) {
    steppe_tensor values{like_point()};
    if (product_wanted) {
      steppe_tensor along{random(1)};
      if (point->mask) bench.queue->multiply(point->mask->tensor, along.tensor);
      EXPECT_EQ(objective->hessian(objective->self, point->values, &along, &values), STEPPE_OK);
    } else {
      EXPECT_EQ(objective->evaluate(objective->self, point->values, STEPPE_LOSS, nullptr, &values),
                STEPPE_OK);
    }
    return values.tensor;
  };
  const auto all = landscape("weights", 50);
  const auto whole = result(false);
  const auto last = landscape("weights", 50, "move = [\"dense_3.*\"]\n");
  const auto part = result(false), product = result(true);
  const auto& table = bench.network.weights()->segments();
  for (std::size_t s = 0; s < table.size(); ++s) {
    const std::vector<float> zeros(table[s].size(), 0.0F);
    const bool counts = table[s].name.starts_with("dense_3.");
    const auto wanted = counts ? values_of(*bench.queue, whole.segment(s)) : zeros;
    EXPECT_EQ(values_of(*bench.queue, part.segment(s)), wanted) << table[s].name;
    EXPECT_EQ(values_of(*bench.queue, product.segment(s)) != zeros, counts) << table[s].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, LandscapeOn, ::testing::Values("cpu", "far"),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::run
