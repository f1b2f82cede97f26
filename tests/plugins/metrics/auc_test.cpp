// The AUC and its variance against their definitions, summed over all pairs.
#include <steppe/random.hpp>

#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::measure;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

struct Sample {
  std::vector<float> logits, labels, weights;

  void add(float logit, float label, float weight = 1.0F) {
    logits.push_back(logit), labels.push_back(label), weights.push_back(weight);
  }
};

/// Overlapping classes with many ties: logits are multiples of 1/4.
Sample sample(std::size_t rows, std::uint64_t seed) {
  steppe::Stream stream{seed};
  Sample out;
  for (std::size_t i = 0; i < rows; ++i) {
    const float label = stream.uniform() < 0.4F ? 1.0F : 0.0F;
    out.add(std::round(4 * (stream.normal() + label)) / 4, label);
  }
  return out;
}

steppe::testing::Measured::Value auc(const Sample& s) {
  StageUnderTest metric{"auc"};
  return measure(metric, s.logits, s.labels, s.weights).values.at("auc");
}

double psi(float signal, float background) {
  return signal > background ? 1.0 : signal == background ? 0.5 : 0.0;
}

/// Mean of `values` and the unbiased estimate of their variance.
std::pair<double, double> moments(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double v : values) mean += v / n;
  double variance = 0;
  for (const double v : values) variance += (v - mean) * (v - mean) / (n - 1);
  return {mean, variance};
}

/// DeLong's AUC and standard deviation from the structural components, pair by pair.
std::pair<double, double> delong_by_pairs(const Sample& s) {
  std::vector<float> x, y;
  for (std::size_t i = 0; i < s.logits.size(); ++i)
    (s.labels[i] == 1.0F ? x : y).push_back(s.logits[i]);
  std::vector<double> of_signal(x.size(), 0.0), of_background(y.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i)
    for (std::size_t j = 0; j < y.size(); ++j) {
      of_signal[i] += psi(x[i], y[j]) / static_cast<double>(y.size());
      of_background[j] += psi(x[i], y[j]) / static_cast<double>(x.size());
    }
  const auto [area, s10] = moments(of_signal);
  const auto s01 = moments(of_background).second;
  return {area,
          std::sqrt(s10 / static_cast<double>(x.size()) + s01 / static_cast<double>(y.size()))};
}

double weighted_by_pairs(const Sample& s) {
  double above = 0, all = 0;
  for (std::size_t i = 0; i < s.logits.size(); ++i)
    for (std::size_t j = 0; j < s.logits.size(); ++j)
      if (s.labels[i] == 1.0F && s.labels[j] == 0.0F) {
        const double weight = double{s.weights[i]} * double{s.weights[j]};
        above += weight * psi(s.logits[i], s.logits[j]);
        all += weight;
      }
  return above / all;
}

TEST(Auc, IsOneWhenTheClassesAreApart) {
  const auto result = auc({{3, 2, 1, 0}, {1, 1, 0, 0}, {1, 1, 1, 1}});
  EXPECT_EQ(result.value, 1.0);
  EXPECT_EQ(result.uncertainty, 0.0);
}

TEST(Auc, IsZeroWhenTheOrderIsReversed) {
  EXPECT_EQ(auc({{3, 2, 1, 0}, {0, 0, 1, 1}, {1, 1, 1, 1}}).value, 0.0);
}

TEST(Auc, IsOneHalfWhenAllScoresAreEqual) {
  const auto result = auc({{2, 2, 2, 2, 2}, {0, 1, 0, 1, 1}, {1, 1, 1, 1, 1}});
  EXPECT_EQ(result.value, 0.5);
  EXPECT_EQ(result.uncertainty, 0.0);
}

TEST(Auc, CountsPairsByHand) {
  // Signal 0.8, 0.4; background 0.6, 0.4, 0.1: 3 + 1.5 of 6 pairs.
  const auto result = auc({{0.8F, 0.4F, 0.6F, 0.4F, 0.1F}, {1, 1, 0, 0, 0}, {1, 1, 1, 1, 1}});
  EXPECT_DOUBLE_EQ(result.value, 0.75);
}

TEST(Auc, AgreesWithDeLongPairByPair) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto s = sample(150, seed);
    const auto [area, deviation] = delong_by_pairs(s);
    const auto result = auc(s);
    EXPECT_NEAR(result.value, area, 1e-13);
    EXPECT_NEAR(result.uncertainty, deviation, 1e-13);
  }
}

TEST(Auc, AWeightOfTwoIsTheRowTwice) {
  auto weighted = sample(80, 7);
  Sample repeated;
  for (std::size_t i = 0; i < 80; ++i) {
    weighted.weights[i] = static_cast<float>(1 + i % 3);
    for (std::size_t n = 0; n < 1 + i % 3; ++n)
      repeated.add(weighted.logits[i], weighted.labels[i]);
  }
  EXPECT_NEAR(auc(weighted).value, auc(repeated).value, 1e-13);
}

TEST(Auc, NegativeWeightsAreSummedAsTheyAre) {
  auto s = sample(90, 11);
  for (std::size_t i = 0; i < 90; ++i) s.weights[i] = i % 5 == 0 ? -0.5F : 1.25F;
  EXPECT_NEAR(auc(s).value, weighted_by_pairs(s), 1e-13);
}

TEST(Auc, UncertaintyDoesNotChangeWithTheUnitOfTheWeights) {
  auto s = sample(120, 3);
  const auto unit = auc(s);
  for (auto& weight : s.weights) weight = 4.0F;
  EXPECT_NEAR(auc(s).uncertainty, unit.uncertainty, 1e-14);
}

TEST(Auc, UncertaintyIsTheSpreadOverSamples) {
  std::vector<double> areas;
  double mean_uncertainty = 0;
  for (std::uint64_t seed = 100; seed < 300; ++seed) {
    auto s = sample(200, seed);
    for (std::size_t i = 0; i < s.weights.size(); ++i) s.weights[i] = i % 4 == 0 ? -1.0F : 2.0F;
    const auto result = auc(s);
    areas.push_back(result.value);
    mean_uncertainty += result.uncertainty / 200;
  }
  // The spread of 200 samples is known to 5 %.
  EXPECT_NEAR(mean_uncertainty / std::sqrt(moments(areas).second), 1.0, 0.2);
}

TEST(Auc, NamesTheClassThatIsMissing) {
  EXPECT_EQ(sentence_of([] {
              auc({{1, 2}, {1, 1}, {1, 1}});
            }),
            "there is no background event (label 0) among the scores; look at the counts of the "
            "data set and of its split");
}

TEST(Auc, RefusesLogitsThatAreNotFinite) {
  const float nan = std::nanf("");
  EXPECT_EQ(sentence_of([&] {
              auc({{1, nan}, {1, 0}, {1, 1}});
            }),
            "row 1 has the logit nan and the weight 1.000000; both must be finite");
}

TEST(Auc, RefusesAClassThatWeighsNothing) {
  EXPECT_EQ(sentence_of([] {
              auc({{1, 2, 3}, {1, 1, 0}, {1, -1, 1}});
            }),
            "the weights of the signal events sum to 0.000000; they must sum to more than zero");
}

TEST(Auc, IsForTwoClasses) {
  StageUnderTest metric{"auc"};
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2, 3, 3, 2, 1}, {0, 2}, {}, 3);
            }),
            "it needs a target of two classes, and this one has 3 classes; use 'accuracy'");
  EXPECT_EQ(sentence_of([&] {
              measure(metric, {1, 2}, {0, 1}, {}, 0);
            }),
            "it needs a target of two classes, and this one is a real value; use "
            "'mean_squared_error'");
}

}  // namespace
