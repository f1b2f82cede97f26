// The parts of the toy generator that have closed forms.
#include "plugins/readers/toy_shower.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace {

using namespace steppe::toy;

TEST(ToyMath, ExponentialAgreesWithTheLibrary) {
  for (float x = -79.5F; x < 79.5F; x += 0.37F)
    EXPECT_NEAR(double{exponential(x)} / std::exp(double{x}), 1.0, 4e-6) << x;
  EXPECT_EQ(exponential(0), 1.0F);
  EXPECT_EQ(exponential(-1e4F), exponential(-80));
}

TEST(ToyMath, LogarithmAgreesWithTheLibrary) {
  for (float x = 1e-6F; x < 1e6F; x *= 1.7F)
    EXPECT_NEAR(double{logarithm(x)}, std::log(double{x}), 4e-6) << x;
}

TEST(ToyMath, DirectionGoesOnceRoundTheCircle) {
  for (float turns = -1.5F; turns < 1.5F; turns += 0.013F) {
    const auto d = direction(turns);
    EXPECT_NEAR(double{d.cosine}, std::cos(2 * M_PI * double{turns}), 2e-6) << turns;
    EXPECT_NEAR(double{d.sine}, std::sin(2 * M_PI * double{turns}), 2e-6) << turns;
  }
}

TEST(ToyHardEvent, HiggsDecaysToItsMassAndItsMomentum) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    const auto event = hard_event(1, true, i);
    ASSERT_EQ(event.parton_count, 2);
    const auto& [a, b] = event.partons;
    EXPECT_NEAR(a.pt + b.pt, event.pt, 1e-3F);
    // Massless and collinear: m^2 = pT_a pT_b distance^2; balanced around the axis.
    const float distance = std::hypot(a.eta - b.eta, a.phi - b.phi);
    EXPECT_NEAR(std::sqrt(a.pt * b.pt) * distance, higgs_mass, 0.01F);
    EXPECT_NEAR(a.pt * a.eta + b.pt * b.eta, 0.0F, 1e-3F);
    EXPECT_LT(std::hypot(a.eta, a.phi), jet_radius);
    EXPECT_LT(std::hypot(b.eta, b.phi), jet_radius);
  }
}

TEST(ToyHardEvent, SpectrumFallsWithTheFifthPower) {
  // Above pT the share is (pT^-4 - 1000^-4) / (400^-4 - 1000^-4).
  constexpr int events = 20000;
  int above = 0;
  for (std::uint64_t i = 0; i < events; ++i) {
    const float pt = hard_event(3, i % 2 == 0, i).pt;
    EXPECT_GE(pt, 399.99F);
    EXPECT_LE(pt, 1000.01F);
    above += pt > 600 ? 1 : 0;
  }
  const auto tail = [](double pt) { return std::pow(pt, -4) - std::pow(1000.0, -4); };
  const double share = tail(600) / tail(400);
  EXPECT_NEAR(above / double{events}, share, 4 * std::sqrt(share * (1 - share) / events));
}

TEST(ToyShower, KeepsTheMomentumOfItsPartons) {
  const Shower shower{Physics{}};
  for (std::uint64_t i = 0; i < 200; ++i) {
    const auto event = hard_event(1, i % 2 == 0, i);
    steppe::Stream stream{17, 0, i};
    double pt = 0, eta = 0;
    int count = 0;
    shower.run(event, stream, [&](const Parton& parton) {
      pt += double{parton.pt};
      eta += double{parton.pt * parton.eta};
      ++count;
    });
    EXPECT_NEAR(pt / double{event.pt}, 1.0, 1e-5);
    EXPECT_NEAR(eta / double{event.pt}, 0.0, 1e-5);
    EXPECT_GE(count, 2);
  }
}

TEST(ToyShower, GluonsRadiateMoreThanQuarksByTheirColour) {
  // At the soft and collinear edge the ratio is C_A / C_F = 9/4; kernels and recoil leave less.
  const Shower shower{Physics{}};
  const auto emissions = [&](Flavour flavour) {
    HardEvent event;
    event.pt = 500;
    event.partons[0] = {flavour, 500, 0, 0};
    int count = 0;
    for (std::uint64_t i = 0; i < 2000; ++i) {
      steppe::Stream stream{5, 0, i};
      shower.run(event, stream, [&](const Parton&) { ++count; });
    }
    return count / 2000.0 - 1;
  };
  const double ratio = emissions(Flavour::gluon) / emissions(Flavour::light);
  EXPECT_GT(ratio, 1.5);
  EXPECT_LT(ratio, 2.4);
}

}  // namespace
