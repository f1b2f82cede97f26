// The toy generator through its C table: reproducible, documented, and physical enough.
#include <cmath>
#include <set>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::Collected;
using steppe::testing::read;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using steppe::testing::StageUnderTest;

Collected jets(int per_class, const char* simulation = "pythia", Settings settings = {}) {
  settings.emplace("jets_per_class", per_class);
  settings.emplace("simulation", std::string{simulation});
  StageUnderTest reader{"toy_jets", settings};
  return read(reader);
}

/// Values of a column over the jets with this label.
std::vector<double> values(const Collected& data, const std::string& column, float label) {
  std::vector<double> out;
  for (std::size_t i = 0; i < data.rows(); ++i)
    if (data.at(i, "label") == label) out.push_back(double{data.at(i, column)});
  return out;
}

double mean(const std::vector<double>& x) {
  double sum = 0;
  for (const double v : x) sum += v;
  return sum / static_cast<double>(x.size());
}

double median(std::vector<double> x) {
  std::nth_element(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2), x.end());
  return x[x.size() / 2];
}

/// Share of the charged candidates with |d0| above 1 mm among jets for which `chosen` holds.
template <class Chosen>
double displaced(const Collected& data, Chosen&& chosen) {
  double charged = 0, far = 0;
  for (std::size_t i = 0; i < data.rows(); ++i)
    for (std::size_t slot = 0; chosen(i) && slot < 20; ++slot)
      if (data.at(i, "constituent", slot, "charge") != 0.0F) {
        charged += 1;
        far += std::abs(data.at(i, "constituent", slot, "d0")) > 1.0F ? 1 : 0;
      }
  return far / charged;
}

TEST(ToyJets, GivesTheSameBytesTwice) {
  const auto one = jets(200), two = jets(200);
  EXPECT_EQ(one.values, two.values);
  EXPECT_EQ(one.event_ids, two.event_ids);
}

TEST(ToyJets, AJetDoesNotDependOnHowManyAreMade) {
  // 1500 of each class end in the middle of a chunk.
  const auto few = jets(1500), many = jets(2500);
  ASSERT_EQ(few.rows(), 3000U);
  EXPECT_TRUE(std::equal(few.values.begin(), few.values.end(), many.values.begin()));
}

TEST(ToyJets, NamesItsColumnsWithUnitsAndRoles) {
  const auto data = jets(1);
  EXPECT_EQ(data.columns.size(), 40U * 12 + 7 + 1);
  EXPECT_EQ(data.columns.domain, "pythia");
  const auto& pt = data.columns.items[data.column("constituent.3.pt")];
  EXPECT_EQ(pt.unit, "GeV");
  EXPECT_EQ(pt.group, "constituent");
  EXPECT_EQ(pt.slot, 3);
  EXPECT_EQ(pt.role, steppe::Role::side);
  const auto& mask = data.columns.items[data.column("constituent.39.filled")];
  EXPECT_EQ(mask.role, steppe::Role::mask);
  EXPECT_EQ(mask.kind, steppe::ColumnKind::flag);
  EXPECT_EQ(data.columns.items[data.column("constituent.0.d0")].unit, "mm");
  EXPECT_EQ(data.columns.items[data.column("jet.mass")].unit, "GeV");
  EXPECT_EQ(data.columns.items[data.column("label")].role, steppe::Role::target);
}

TEST(ToyJets, ClassesAlternateAndIdsAreUnique) {
  const auto data = jets(300, "pythia", {{"seed", 5}});
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < data.rows(); ++i) {
    const bool signal = i % 2 == 0;
    EXPECT_EQ(data.at(i, "label"), signal ? 1.0F : 0.0F);
    EXPECT_EQ(data.at(i, "jet.type") == 4.0F, signal);
    EXPECT_EQ(data.event_ids[i], (std::uint64_t{5} << 40U) + 2 * (i / 2) + (signal ? 1 : 0));
    ids.insert(data.event_ids[i]);
  }
  EXPECT_EQ(ids.size(), data.rows());
}

TEST(ToyJets, SimulationsShareTheirHardEvents) {
  const auto pythia = jets(500), herwig = jets(500, "herwig");
  EXPECT_EQ(pythia.event_ids, herwig.event_ids);
  EXPECT_NE(pythia.values, herwig.values);
  std::vector<double> ratios, turns;
  for (std::size_t i = 0; i < pythia.rows(); ++i) {
    EXPECT_EQ(pythia.at(i, "jet.type"), herwig.at(i, "jet.type"));
    ratios.push_back(std::abs(std::log(double{pythia.at(i, "jet.pt") / herwig.at(i, "jet.pt")})));
    turns.push_back(std::abs(
        std::remainder(double{pythia.at(i, "jet.phi") - herwig.at(i, "jet.phi")}, 2 * M_PI)));
  }
  EXPECT_LT(median(ratios), 0.1);
  EXPECT_LT(median(turns), 0.03);
}

TEST(ToyJets, AnotherSeedIsAnotherSample) {
  const auto one = jets(50), two = jets(50, "pythia", {{"seed", 2}});
  EXPECT_NE(one.values, two.values);
  EXPECT_NE(one.event_ids[0], two.event_ids[0]);
}

TEST(ToyJets, CandidatesFallInPtAndEmptySlotsAreZero) {
  const auto data = jets(300);
  for (std::size_t i = 0; i < data.rows(); ++i) {
    const auto count = static_cast<std::size_t>(data.at(i, "jet.n_constituents"));
    float above = 1e9F;
    for (std::size_t slot = 0; slot < 40; ++slot) {
      const float pt = data.at(i, "constituent", slot, "pt");
      EXPECT_EQ(data.at(i, "constituent", slot, "filled"), slot < count ? 1.0F : 0.0F);
      EXPECT_LE(pt, above);
      if (slot < count) {
        EXPECT_GE(pt, 1.0F);
      } else {
        for (const char* name : {"pt", "eta", "phi", "dr", "e", "charge", "pdgid", "d0", "dz"})
          EXPECT_EQ(data.at(i, "constituent", slot, name), 0.0F);
      }
      above = pt;
    }
  }
}

TEST(ToyJets, TheJetIsTheSumOfItsCandidates) {
  const auto data = jets(50, "pythia", {{"candidates", 100}});
  for (std::size_t i = 0; i < data.rows(); ++i) {
    double e = 0, x = 0, y = 0, z = 0;
    ASSERT_LE(data.at(i, "jet.n_constituents"), 100.0F);
    for (std::size_t slot = 0; slot < 100; ++slot) {
      const auto of = [&](const char* n) { return double{data.at(i, "constituent", slot, n)}; };
      e += of("e"), z += of("pt") * std::sinh(of("eta"));
      x += of("pt") * std::cos(of("phi")), y += of("pt") * std::sin(of("phi"));
      if (of("filled") > 0) {
        EXPECT_NEAR(of("dr"),
                    std::hypot(of("eta") - double{data.at(i, "jet.eta")},
                               std::remainder(of("phi") - double{data.at(i, "jet.phi")}, 2 * M_PI)),
                    1e-5);
      }
      EXPECT_NEAR(of("relpt") * double{data.at(i, "jet.pt")}, of("pt"), 1e-3);
      EXPECT_NEAR(of("rele") * double{data.at(i, "jet.energy")}, of("e"), 1e-2);
    }
    EXPECT_NEAR(double{data.at(i, "jet.pt")} / std::hypot(x, y), 1.0, 1e-5);
    EXPECT_NEAR(double{data.at(i, "jet.eta")}, std::asinh(z / std::hypot(x, y)), 1e-4);
    EXPECT_NEAR(std::remainder(double{data.at(i, "jet.phi")} - std::atan2(y, x), 2 * M_PI), 0,
                1e-4);
    const double mass = std::sqrt(e * e - x * x - y * y - z * z);
    EXPECT_NEAR(double{data.at(i, "jet.mass")}, mass, 0.5);
  }
}

TEST(ToyJets, SignalPeaksAtTheHiggsMassAndBackgroundDoesNot) {
  const auto data = jets(1000);
  EXPECT_NEAR(median(values(data, "jet.mass", 1)), 125.0, 10.0);
  EXPECT_LT(median(values(data, "jet.mass", 0)), 100.0);
}

TEST(ToyJets, HeavyQuarksGiveDisplacedTracks) {
  const auto data = jets(1000);
  const double in_signal = displaced(data, [&](std::size_t i) { return data.at(i, "label") == 1; });
  const double in_light =
      displaced(data, [&](std::size_t i) { return data.at(i, "jet.type") == 1.0F; });
  EXPECT_GT(in_signal, 1.5 * in_light);
}

TEST(ToyJets, HerwigHasMoreConstituentsAndGapZeroTakesThemAway) {
  const auto count = [](const char* simulation, double gap) {
    return mean(values(jets(1500, simulation, {{"gap", gap}}), "jet.n_constituents", 0));
  };
  // One standard deviation of these means is 0.3.
  const double pythia = count("pythia", 1);
  EXPECT_EQ(count("pythia", 0), pythia);
  EXPECT_NEAR(count("herwig", 0), pythia, 1.5);
  EXPECT_GT(count("herwig", 1), pythia + 5);
}

TEST(ToyJets, AKnobThatIsGivenWinsOverTheSimulation) {
  const double few =
      mean(values(jets(300, "herwig", {{"multiplicity", 1.0}}), "jet.n_constituents", 0));
  const double many =
      mean(values(jets(300, "herwig", {{"multiplicity", 6.0}}), "jet.n_constituents", 0));
  EXPECT_GT(many, 1.5 * few);
}

TEST(ToyJets, RefusesACouplingBeyondItsPole) {
  EXPECT_EQ(sentence_of([] {
              jets(1, "pythia", {{"alpha_s", 0.2}, {"cut_off", 0.5}});
            }),
            "'alpha_s' = 0.200000 grows beyond 1 before 'cut_off' = 0.500000 GeV is reached; lower "
            "the one or raise the other");
}

TEST(ToyJets, StopsWhenTheRunIsStopped) {
  StageUnderTest reader{"toy_jets"};
  reader.host().cancel = true;
  EXPECT_EQ(sentence_of([&] { read(reader); }), "stopped");
}

}  // namespace
