// Histograms against counts made by hand, and distances whose values are known in closed form.
#include "framework/data/histogram.hpp"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::data {
namespace {

using ::testing::ElementsAre;

std::vector<double> sums(const Histogram& histogram) {
  std::vector<double> out;
  for (const auto& bin : histogram.bins) out.push_back(bin.sum);
  return out;
}

Histogram unweighted(const std::vector<double>& edges, const std::vector<float>& values) {
  return fill(edges, values, std::vector(values.size(), 1.0F));
}

/// Bins with so many events of weight 1 each.
Histogram counts(const std::vector<int>& numbers) {
  Histogram out;
  for (const int n : numbers) out.bins.push_back({static_cast<double>(n), static_cast<double>(n)});
  return out;
}

std::vector<double> values(const std::vector<Quantity>& list) {
  std::vector<double> out;
  for (const auto& one : list) out.push_back(one.value);
  return out;
}

TEST(Histogram, ABinHoldsItsLowerEdgeAndTheLastOneBoth) {
  const auto all = unweighted({0, 1, 2}, {0, 0.5F, 1, 1.5F, 2});
  EXPECT_THAT(sums(all), ElementsAre(2, 3));
  EXPECT_EQ(all.underflow.sum, 0);
  EXPECT_EQ(all.overflow.sum, 0);
}

TEST(Histogram, CountsWhatLiesOutside) {
  const auto all = unweighted({0, 1}, {-1, -1e30F, 0.5F, std::nextafter(1.0F, 2.0F)});
  EXPECT_EQ(all.events, 4U);
  EXPECT_THAT(sums(all), ElementsAre(1));
  EXPECT_EQ(all.underflow.sum, 2);
  EXPECT_EQ(all.overflow.sum, 1);
  EXPECT_EQ(all.total(), 4);
}

TEST(Histogram, AddsWeightsAndTheirSquares) {
  const std::vector<float> weights{2, -1, 0.5F, 3};
  const auto all = fill(std::vector{0.0, 1.0, 2.0}, std::vector{0.1F, 0.2F, 1.0F, 7.0F}, weights);
  EXPECT_THAT(sums(all), ElementsAre(1, 0.5));
  EXPECT_DOUBLE_EQ(all.bins[0].error(), std::sqrt(5.0));
  EXPECT_DOUBLE_EQ(all.bins[1].error(), 0.5);
  EXPECT_DOUBLE_EQ(all.overflow.error(), 3);
  EXPECT_EQ(all.total(), 4.5);
}

TEST(Edges, AreEqualBinsOfAGivenRange) {
  EXPECT_THAT(equal_edges(-1, 1, 4), ElementsAre(-1, -0.5, 0, 0.5, 1));
}

TEST(Edges, HaveARoundWidthFromAMultipleOfIt) {
  const std::vector<Span> span{{0.13, 9.7, 0.13, 9.7}};
  EXPECT_THAT(round_edges(span, 5, false), ElementsAre(0, 2, 4, 6, 8, 10));
  EXPECT_THAT(round_edges(span, 4, false), ElementsAre(0, 2.5, 5, 7.5, 10));
  const std::vector<Span> small{{-0.00021, 0.00019, -0.00021, 0.00019}};
  EXPECT_THAT(round_edges(small, 6, false),
              ElementsAre(-0.00024, -0.00016, -0.00008, 0, 0.00008, 0.00016, 0.00024));
}

TEST(Edges, CoverTheSpansOfAllDataSets) {
  const std::vector<Span> spans{{3, 4, 3, 4}, {1, 2, 1, 2}};
  const auto edges = round_edges(spans, 3, false);
  EXPECT_EQ(edges.front(), 1);
  EXPECT_EQ(edges.back(), 4);
}

TEST(Edges, FollowNoOutlier) {
  EXPECT_THAT(round_edges(std::vector<Span>{{0, 10, -1e6, 10.5}}, 11, false).front(), 0);
  EXPECT_THAT(round_edges(std::vector<Span>{{0, 10, -1e6, 10.5}}, 11, false).back(), 11);
}

TEST(Edges, LieHalfWayBetweenWholeNumbers) {
  EXPECT_THAT(round_edges(std::vector<Span>{{0, 1, 0, 1}}, 40, true), ElementsAre(-0.5, 0.5, 1.5));
  EXPECT_THAT(round_edges(std::vector<Span>{{2, 8, 2, 8}}, 4, true),
              ElementsAre(1.5, 3.5, 5.5, 7.5, 9.5));
}

TEST(Edges, OfOneValueHaveItInside) {
  for (const double value : {0.0, 125.0, -3e8}) {
    const auto edges = round_edges(std::vector<Span>{{value, value, value, value}}, 10, false);
    EXPECT_LE(edges.front(), value);
    EXPECT_GT(edges.back(), value);
    EXPECT_LE(edges.size(), 11U);
  }
}

TEST(Edges, SpanLeavesOutHalfAPercentOnEitherSide) {
  std::vector<float> numbers;
  for (int i = 999; i >= 0; --i) numbers.push_back(static_cast<float>(i));
  const auto [low, high, least, most] = span_of(numbers);
  EXPECT_EQ(low, 5);
  EXPECT_EQ(high, 994);
  EXPECT_EQ(least, 0);
  EXPECT_EQ(most, 999);
}

TEST(Separation, IsZeroOfEqualOnesAndOneOfThoseApart) {
  EXPECT_EQ(separation(counts({1, 2, 3}), counts({10, 20, 30})).value, 0);
  EXPECT_EQ(separation(counts({4, 0}), counts({0, 7})).value, 1);
}

TEST(Separation, HasItsClosedFormAndUncertaintyForTwoBins) {
  // a = (p, 1-p), b = (1/2, 1/2): S = d^2 / 2 (1 / (p + 1/2) + 1 / (3/2 - p)), d = p - 1/2.
  const auto of = [](double p) {
    const double d = p - 0.5;
    return d * d / 2 * (1 / (p + 0.5) + 1 / (1.5 - p));
  };
  const auto found = separation(counts({80, 20}), counts({500000, 500000}));
  EXPECT_NEAR(found.value, of(0.8), 1e-15);
  // By p alone, whose variance is p (1-p) / n; that of b is next to nothing.
  const double slope = (of(0.8 + 1e-5) - of(0.8 - 1e-5)) / 2e-5;
  EXPECT_NEAR(found.uncertainty, std::abs(slope) * std::sqrt(0.8 * 0.2 / 100), 1e-5);
}

TEST(Separation, TakesUnderAndOverflowForBins) {
  auto a = counts({5}), b = counts({5});
  a.underflow.add(5);
  b.overflow.add(5);
  EXPECT_DOUBLE_EQ(separation(a, b).value, 0.5);
}

TEST(Separation, OfWhatWeighsNothingIsUndefined) {
  EXPECT_FALSE(separation(counts({0, 0}), counts({1, 1})).undefined.empty());
  EXPECT_FALSE(chi_squared(counts({1}), counts({-1})).front().undefined.empty());
}

TEST(ChiSquared, IsPearsonsOfTwoSamples) {
  // For unit weights and equal sizes: sum (a - b)^2 / (a + b).
  const auto found = chi_squared(counts({10, 20, 30}), counts({20, 20, 20}));
  EXPECT_THAT(values(found), ElementsAre((100.0 / 30 + 100.0 / 50) / 2, 2));
}

TEST(ChiSquared, DoesNotDependOnTheScaleOfWeights) {
  auto scaled = counts({10, 20, 30});
  for (auto& bin : scaled.bins) bin = {bin.sum * 8, bin.squares * 64};
  const auto other = counts({25, 5, 30});
  EXPECT_EQ(values(chi_squared(scaled, other)), values(chi_squared(counts({10, 20, 30}), other)));
}

TEST(ChiSquared, CountsBinsThatHoldSomething) {
  EXPECT_EQ(chi_squared(counts({1, 0, 0, 4}), counts({2, 0, 3, 1})).back().value, 2);
  EXPECT_FALSE(chi_squared(counts({1, 0}), counts({2, 0})).front().undefined.empty());
}

}  // namespace
}  // namespace steppe::data
