// Augmented jets: what a turn, a mirror and smearing leave as it was.
#include <cmath>

#include "rows_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::apply;
using steppe::testing::Collected;
using steppe::testing::read;
using steppe::testing::rows_of;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using steppe::testing::StageUnderTest;

Collected toy(int per_class, const char* simulation = "pythia") {
  StageUnderTest reader{"toy_jets", {{"jets_per_class", per_class}, {"simulation", simulation}}};
  return read(reader);
}

Collected augmented(const Collected& input, Settings settings, std::size_t chunk = 1000,
                    std::uint64_t seed = 1) {
  StageUnderTest transform{"augment", std::move(settings)};
  transform.host().seed = seed;
  return apply(transform, input, chunk);
}

/// Constituent `slot` relative to the axis of its jet: (eta, phi).
std::pair<double, double> around_axis(const Collected& data, std::size_t row, std::size_t slot) {
  return {double{data.at(row, "constituent", slot, "eta")} - double{data.at(row, "jet.eta")},
          std::remainder(
              double{data.at(row, "constituent", slot, "phi")} - double{data.at(row, "jet.phi")},
              2 * M_PI)};
}

double mass_squared(const Collected& data, std::size_t row, std::size_t slot) {
  const double e = data.at(row, "constituent", slot, "e");
  const double p = double{data.at(row, "constituent", slot, "pt")} *
                   std::cosh(double{data.at(row, "constituent", slot, "eta")});
  return e * e - p * p;
}

/// By which angle the first constituent was turned, and whether the jet was mirrored as well.
double turned_by(const Collected& before, const Collected& after, std::size_t row) {
  const auto [x, y] = around_axis(before, row, 0);
  const auto [u, v] = around_axis(after, row, 0);
  return std::remainder(std::atan2(v, u) - std::atan2(y, x), 2 * M_PI);
}

TEST(Augment, ATurnKeepsDistancesMomentaAndMasses) {
  const auto raw = toy(50);
  const auto data = augmented(raw, {{"flip", false}});
  EXPECT_EQ(data.event_ids, raw.event_ids);
  for (std::size_t row = 0; row < raw.rows(); ++row) {
    const double angle = turned_by(raw, data, row);
    for (std::size_t slot = 0; slot < 40; ++slot) {
      EXPECT_EQ(data.at(row, "constituent", slot, "pt"), raw.at(row, "constituent", slot, "pt"));
      if (raw.at(row, "constituent", slot, "filled") == 0.0F) {
        EXPECT_EQ(data.at(row, "constituent", slot, "eta"), 0.0F);
        continue;
      }
      const auto [x, y] = around_axis(raw, row, slot);
      const auto [u, v] = around_axis(data, row, slot);
      EXPECT_NEAR(u, x * std::cos(angle) - y * std::sin(angle), 2e-4);
      EXPECT_NEAR(v, x * std::sin(angle) + y * std::cos(angle), 2e-4);
      const double e = data.at(row, "constituent", slot, "e");
      EXPECT_NEAR(mass_squared(data, row, slot), mass_squared(raw, row, slot), 2e-6 * e * e);
      EXPECT_NEAR(double{data.at(row, "constituent", slot, "rele")} /
                      double{raw.at(row, "constituent", slot, "rele")},
                  e / double{raw.at(row, "constituent", slot, "e")}, 1e-5);
    }
  }
}

TEST(Augment, TurnsByAnglesSpreadOverTheCircle) {
  const auto raw = toy(400);
  const auto data = augmented(raw, {{"flip", false}});
  double x = 0, y = 0;
  for (std::size_t row = 0; row < raw.rows(); ++row) {
    x += std::cos(turned_by(raw, data, row));
    y += std::sin(turned_by(raw, data, row));
  }
  // Each has deviation sqrt(n / 2) = 20.
  EXPECT_LT(std::hypot(x, y), 80);
}

TEST(Augment, MirrorsHalfOfTheJets) {
  const auto raw = toy(400);
  const auto data = augmented(raw, {{"rotate", false}});
  int mirrored = 0;
  for (std::size_t row = 0; row < raw.rows(); ++row) {
    const auto [x, y] = around_axis(raw, row, 0);
    const auto [u, v] = around_axis(data, row, 0);
    EXPECT_NEAR(std::abs(u), std::abs(x), 1e-6);
    EXPECT_NEAR(v, y, 1e-6);
    mirrored += u * x < 0 ? 1 : 0;
  }
  EXPECT_NEAR(mirrored, 400, 70);  // five deviations
}

TEST(Augment, SmearsByTheDeviationAskedFor) {
  const auto raw = toy(400);
  const auto data = augmented(raw, {{"rotate", false}, {"flip", false}, {"smear_pt", 0.1}});
  double sum = 0, squares = 0, count = 0;
  for (std::size_t row = 0; row < raw.rows(); ++row)
    for (std::size_t slot = 0; slot < 40; ++slot) {
      if (raw.at(row, "constituent", slot, "filled") == 0.0F) continue;
      const double scale = double{data.at(row, "constituent", slot, "pt")} /
                           double{raw.at(row, "constituent", slot, "pt")};
      EXPECT_NEAR(double{data.at(row, "constituent", slot, "e")} /
                      double{raw.at(row, "constituent", slot, "e")},
                  scale, 1e-6);
      EXPECT_EQ(data.at(row, "constituent", slot, "eta"), raw.at(row, "constituent", slot, "eta"));
      sum += scale - 1;
      squares += (scale - 1) * (scale - 1);
      ++count;
    }
  EXPECT_NEAR(sum / count, 0, 5 * 0.1 / std::sqrt(count));
  EXPECT_NEAR(std::sqrt(squares / count), 0.1, 5 * 0.1 / std::sqrt(2 * count));
}

TEST(Augment, TurnsAllSimulationsOfAnEventAlike) {
  const auto pythia = toy(20), herwig = toy(20, "herwig");
  const auto a = augmented(pythia, {{"flip", false}});
  const auto b = augmented(herwig, {{"flip", false}});
  for (std::size_t row = 0; row < pythia.rows(); ++row)
    EXPECT_NEAR(std::remainder(turned_by(pythia, a, row) - turned_by(herwig, b, row), 2 * M_PI), 0,
                0.01);
  EXPECT_NE(turned_by(pythia, a, 0), turned_by(pythia, a, 1));
  EXPECT_NE(augmented(pythia, {{"flip", false}}, 1000, 2).values, a.values);
}

TEST(Augment, DoesNotDependOnTheChunks) {
  const auto raw = toy(100);
  const auto whole = augmented(raw, {{"smear_pt", 0.1}});
  for (const std::size_t chunk : {1, 7, 1024})
    EXPECT_EQ(augmented(raw, {{"smear_pt", 0.1}}, chunk).values, whole.values);
}

TEST(Augment, NeedsRawColumns) {
  EXPECT_EQ(sentence_of([] {
              augmented(rows_of({"jet.eta", "jet.phi"}, {}), {});
            }),
            "the input has no column 'constituent.0.pt'; augment takes the raw columns of a jet "
            "reader, before jet_features");
}

}  // namespace
