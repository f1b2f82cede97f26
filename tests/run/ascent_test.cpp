// The steps that attacks share, on tensors small enough to check by hand.
#include "framework/plugin/host.hpp"

#include <steppe/ascent.hpp>

#include <array>
#include <cmath>
#include <cstddef>

#include "devices.hpp"
#include "tiny_study.hpp"
#include <gtest/gtest.h>

namespace steppe::ascent {
namespace {

using testing::same_bits;
using testing::values_of;

/// A point of 4 x 3 values on a device.
class AscentOn : public ::testing::TestWithParam<const char*> {
 protected:
  static constexpr std::size_t rows = 4, columns = 3;
  using Values = std::vector<float>;

  AscentOn()
      : device{compute::open_device(GetParam())},
        queue{device->queue()},
        host{"attack", "test", surroundings(*queue)} {
    c_point.size = sizeof c_point;
    c_point.row_ids = ids.data();
  }

  static plugin::Surroundings surroundings(compute::Queue& queue) {
    plugin::Surroundings out;
    out.queue = &queue;
    return out;
  }

  /// A tensor of `columns` columns, or one column.
  Tensor tensor(const Values& values, std::size_t width = columns) {
    const auto made = device->matrix(values.size() / width, width);
    {
      const compute::Mapped view{*queue, made};
      for (std::size_t i = 0; i < values.size(); ++i) view->row(i / width)[i % width] = values[i];
    }
    return {host.get(), &handles.emplace_back(made)};
  }
  Point point(const Values& values) {
    c_point.values = tensor(values).handle();
    return {host.get(), &c_point};
  }
  Values read(const Tensor& from) { return values_of(*queue, from.handle()->tensor); }

  std::shared_ptr<compute::Device> device;
  std::unique_ptr<compute::Queue> queue;
  plugin::StageHost host;
  std::deque<steppe_tensor> handles;
  std::array<std::uint64_t, rows> ids{11, 12, 13, 14};
  steppe_point c_point{};
};

const std::vector<float> start{0, 0, 0, 1, 2, 3, -0.0F, 5, 1e-3F, 7, -8, 9};

TEST_P(AscentOn, ScalesEachRowByItsOwnL1Norm) {
  const auto x = tensor({1, -2, 1, 0, 0, 0, 0, -8, 0, 3, 3, -2});
  const auto lengths = x.column();
  row_norms_l1(x, lengths);
  EXPECT_EQ(read(lengths), (Values{4, 0, 8, 8}));
  scale_rows(x, lengths, [](std::size_t, double length) { return inverse(length); });
  EXPECT_EQ(read(x), (Values{0.25, -0.5, 0.25, 0, 0, 0, 0, -1, 0, 0.375, 0.375, -0.25}));
}

TEST_P(AscentOn, UphillInTheEuclideanNormHasUnitRowsAndLeavesZeroRowsZero) {
  const auto slope = tensor({3, 4, 0, 0, 0, 0, 1e-18F, 0, 0, -1e18F, 0, 0});
  uphill(slope, Norm::l2);
  const auto got = read(slope);
  const Values expected{0.6F, 0.8F, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0};
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-6) << i;
}

TEST_P(AscentOn, AFloorShortensTheStepOfASmallGradient) {
  const auto slope = tensor({0.5F, 0, 0, 0, 0, 0, 0, 1.5F, 0, 0, 0, 0});
  uphill(slope, Norm::l2, 0.5);
  const auto got = read(slope);
  EXPECT_FLOAT_EQ(got[0], 0.5F);
  EXPECT_FLOAT_EQ(got[7], 0.75F);
}

TEST_P(AscentOn, StepsInTheMaxNormMoveEveryValueBySoMuch) {
  auto x = point(start);
  Walk walk{x, Norm::max};
  walk.step(tensor({1, -2, 0, 3, 3, 3, -1, -1, -1, 0, 0, 1e-9F}), 0.5);
  EXPECT_EQ(read(x.values()),
            (Values{0.5F, -0.5F, 0, 1.5F, 2.5F, 3.5F, -0.5F, 4.5F, 1e-3F - 0.5F, 7, -8, 9.5F}));
}

TEST_P(AscentOn, ProjectionBringsRowsBackToTheEuclideanBallAndKeepsTheOthersBitForBit) {
  auto x = point(start);
  Walk walk{x, Norm::l2};
  walk.step(tensor({3, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1}), 2.0);
  const auto moved = read(x.values());
  walk.project(2.5);
  EXPECT_TRUE(same_bits(read(x.values()), moved));
  walk.project(1.0);
  const auto got = read(x.values());
  for (std::size_t r = 0; r < rows; ++r) {
    double square = 0;
    for (std::size_t c = 0; c < columns; ++c)
      square += std::pow(static_cast<double>(got[r * columns + c] - start[r * columns + c]), 2);
    if (r == 1) {
      EXPECT_TRUE(same_bits({got.begin() + 3, got.begin() + 6}, {1, 2, 3}));
    } else {
      EXPECT_NEAR(std::sqrt(square), 1.0, 1e-6) << r;
    }
  }
  EXPECT_NEAR(got[0], 0.6, 1e-6);
  EXPECT_NEAR(got[1], 0.8, 1e-6);
}

TEST_P(AscentOn, RestartGoesBackBitForBit) {
  auto x = point(start);
  Walk walk{x, Norm::l2};
  walk.scatter(0.3, 0, 0);
  EXPECT_FALSE(same_bits(read(x.values()), start));
  walk.restart();
  EXPECT_TRUE(same_bits(read(x.values()), start));
}

TEST_P(AscentOn, RandomStartsLieInTheBallAndBelongToTheirRows) {
  for (const auto norm : {Norm::max, Norm::l2}) {
    auto x = point(start);
    Walk{x, norm}.scatter(0.5, 3, 8);
    const auto got = read(x.values());
    for (std::size_t r = 0; r < rows; ++r) {
      double square = 0, largest = 0;
      for (std::size_t c = 0; c < columns; ++c) {
        const auto away = static_cast<double>(got[r * columns + c] - start[r * columns + c]);
        square += away * away;
        largest = std::max(largest, std::abs(away));
      }
      EXPECT_LE(norm == Norm::max ? largest : std::sqrt(square), 0.5 + 1e-6);
      EXPECT_GT(largest, 0.0);
    }
    // The same events in another order.
    std::swap(ids[0], ids[1]);
    auto swapped = start;
    std::swap_ranges(swapped.begin(), swapped.begin() + 3, swapped.begin() + 3);
    auto y = point(swapped);
    Walk{y, norm}.scatter(0.5, 3, 8);
    const auto other = read(y.values());
    EXPECT_TRUE(std::equal(got.begin(), got.begin() + 3, other.begin() + 3));
    EXPECT_TRUE(std::equal(got.begin() + 3, got.begin() + 6, other.begin()));
    std::swap(ids[0], ids[1]);
  }
}

TEST_P(AscentOn, ClimbingIsAStepAndAProjection) {
  const Values slope{3, -4, 0, 0, -1e-3F, 2, 0.5F, 1, NAN, -7, 8, -0.0F};
  for (const auto norm : {Norm::max, Norm::l2}) {
    auto x = point(start);
    Walk walk{x, norm};
    for (int step = 0; step < 3; ++step) {
      walk.step(tensor(slope), 0.25);
      walk.project(0.625);
    }
    const auto apart = read(x.values());
    walk.restart();
    for (int step = 0; step < 3; ++step) walk.climb(tensor(slope), 0.25, 0.625);
    EXPECT_TRUE(same_bits(read(x.values()), apart));
  }
}

TEST_P(AscentOn, AHostWithFewerOperationsGivesTheSameBits) {
  auto old_operations = *host.get()->operations;
  old_operations.size = offsetof(steppe_operations, adam_step);
  auto old_host = *host.get();
  old_host.operations = &old_operations;
  const auto seen_by = [](const steppe_host& from, const Tensor& x) {
    return Tensor{&from, x.handle()};
  };
  const Values slope{3, -4, 0, 0, -1, 2, 0.5F, 1, -2, -7, 8, -0.0F};
  const Values squares{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3};
  constexpr Adam adam{0.99F, 0.1F, 0.9F, 0.01F, 0.99F, 0.5F, 2.0F, 1e-3F};

  std::array<std::vector<Values>, 2> results;
  for (const bool old : {false, true}) {
    const auto& by = old ? old_host : *host.get();
    const auto y = seen_by(by, tensor(start)), centre = seen_by(by, tensor(start)),
               free = seen_by(by, tensor(start)), w = seen_by(by, tensor(start)),
               m = seen_by(by, tensor(slope)), v = seen_by(by, tensor(squares));
    y.signed_step(0.75F, seen_by(by, tensor(slope)), centre, 0.5F);
    free.signed_step(0.75F, seen_by(by, tensor(slope)));
    w.adam_step(adam, centre, m, v);
    for (const auto& x : {y, free, w, m, v}) results[old].push_back(read(x));
  }
  for (std::size_t i = 0; i < results[0].size(); ++i) {
    EXPECT_TRUE(same_bits(results[0][i], results[1][i])) << i;
    EXPECT_FALSE(same_bits(results[0][i], start)) << i;
  }
}

TEST_P(AscentOn, BestKeepsEachRowAtItsHighestValue) {
  auto x = point(start);
  Best best{x.values()};
  const Values second{20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
  best.offer(x.values(), tensor({1, 2, 3, NAN}, 1));
  best.offer(tensor(second), tensor({2, 2, 1, 5}, 1));
  best.offer(tensor({0, 0, 0, 0, 0, 0, 40, 41, 42, 0, 0, 0}), tensor({1, NAN, INFINITY, 4}, 1));
  const auto got = read(best.point());
  const Values expected{20, 21, 22, 1, 2, 3, 40, 41, 42, 7, -8, 9};
  EXPECT_TRUE(same_bits(got, expected));
  const auto values = read(best.values());
  EXPECT_EQ(values[0], 2.0F);
  EXPECT_EQ(values[1], 2.0F);
  EXPECT_EQ(values[2], INFINITY);
}

INSTANTIATE_TEST_SUITE_P(Devices, AscentOn, ::testing::ValuesIn(tested_devices()),
                         [](const auto& one) { return std::string{one.param}; });

}  // namespace
}  // namespace steppe::ascent
