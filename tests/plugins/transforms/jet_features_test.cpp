// Table II computed again from the raw columns, in double precision.
#include <cmath>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>

namespace {

using steppe::testing::apply;
using steppe::testing::Collected;
using steppe::testing::read;
using steppe::testing::sentence_of;
using steppe::testing::StageUnderTest;

Collected toy(int per_class, int candidates = 40) {
  StageUnderTest reader{"toy_jets", {{"jets_per_class", per_class}, {"candidates", candidates}}};
  return read(reader);
}

Collected features_of(const Collected& raw, int constituents = 40, std::size_t chunk = 1000,
                      const char* recipe = "table2") {
  StageUnderTest transform{"jet_features", {{"constituents", constituents}, {"recipe", recipe}}};
  return apply(transform, raw, chunk);
}

/// Without the columns whose names `leave_out` says yes to.
template <class LeaveOut>
Collected without(const Collected& raw, const LeaveOut& leave_out) {
  Collected out;
  out.event_ids = raw.event_ids;
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < raw.columns.size(); ++i)
    if (!leave_out(raw.columns.items[i].name)) kept.push_back(i);
  for (const auto i : kept) out.columns.items.push_back(raw.columns.items[i]);
  for (std::size_t row = 0; row < raw.rows(); ++row)
    for (const auto i : kept) out.values.push_back(raw.values[row * raw.columns.size() + i]);
  return out;
}

/// What readers without a detector give: pt, eta, phi, pdgid and the label.
Collected four_columns(const Collected& raw) {
  return without(raw, [](const std::string& name) {
    for (const char* kept : {".pt", ".eta", ".phi", ".pdgid", "label"})
      if (!name.starts_with("jet.") && name.ends_with(kept)) return false;
    return true;
  });
}

const std::vector<std::string> names{"log_pt",
                                     "log_relpt",
                                     "delta_eta",
                                     "delta_phi",
                                     "delta_r",
                                     "log_e",
                                     "log_rele",
                                     "charge",
                                     "is_photon",
                                     "is_electron",
                                     "is_muon",
                                     "is_charged_hadron",
                                     "is_neutral_hadron",
                                     "tanh_d0",
                                     "tanh_dz"};

/// The fifteen features of a filled slot, by their definitions.
std::vector<double> expected(const Collected& raw, std::size_t row, std::size_t slot) {
  const auto c = [&](const char* name) { return double{raw.at(row, "constituent", slot, name)}; };
  const auto jet = [&](const char* name) { return double{raw.at(row, name)}; };
  const int id = std::abs(static_cast<int>(c("pdgid")));
  const auto is = [&](std::initializer_list<int> codes) {
    return std::find(codes.begin(), codes.end(), id) != codes.end() ? 1.0 : 0.0;
  };
  return {std::log(c("pt")),
          std::log(c("pt") / jet("jet.pt")),
          c("eta") - jet("jet.eta"),
          std::remainder(c("phi") - jet("jet.phi"), 2 * M_PI),
          c("dr"),
          std::log(c("e")),
          std::log(c("e") / jet("jet.energy")),
          c("charge"),
          is({22}),
          is({11}),
          is({13}),
          is({211, 321, 2212, 3112, 3222, 3312, 3334}),
          is({0, 2112}),
          std::tanh(c("d0")),
          std::tanh(c("dz"))};
}

TEST(JetFeatures, FollowTableTwo) {
  const auto raw = toy(20);
  const auto data = features_of(raw);
  for (std::size_t row = 0; row < raw.rows(); ++row) {
    for (std::size_t slot = 0; slot < 40; ++slot) {
      if (raw.at(row, "constituent", slot, "filled") == 0.0F) continue;
      const auto wanted = expected(raw, row, slot);
      for (std::size_t f = 0; f < names.size(); ++f)
        EXPECT_NEAR(double{data.at(row, "constituent", slot, names[f])}, wanted[f], 2e-6)
            << names[f] << " of slot " << slot << " of row " << row;
    }
    EXPECT_NEAR(double{data.at(row, "jet.log_pt")}, std::log(double{raw.at(row, "jet.pt")}), 1e-6);
    EXPECT_NEAR(double{data.at(row, "jet.log_mass")}, std::log(double{raw.at(row, "jet.mass")}),
                1e-6);
  }
}

TEST(JetFeatures, AreSixHundredAndTwoConstituentByConstituent) {
  const auto data = features_of(toy(1));
  std::size_t features = 0;
  for (const auto& column : data.columns.items)
    features += column.role == steppe::Role::feature ? 1 : 0;
  EXPECT_EQ(features, 602U);
  for (std::size_t f = 0; f < names.size(); ++f) {
    EXPECT_EQ(data.columns.items[f].name, "constituent.0." + names[f]);
    EXPECT_EQ(data.columns.items[15 + f].name, "constituent.1." + names[f]);
    EXPECT_EQ(data.columns.items[f].kind == steppe::ColumnKind::flag, f >= 8 && f <= 12);
  }
  EXPECT_EQ(data.columns.items[600].name, "jet.log_pt");
  EXPECT_EQ(data.columns.items[601].name, "jet.log_mass");
  EXPECT_EQ(data.columns.domain, "pythia");
}

TEST(JetFeatures, EmptySlotsAreZero) {
  const auto raw = toy(50);
  const auto data = features_of(raw);
  std::size_t empty = 0;
  for (std::size_t row = 0; row < raw.rows(); ++row)
    for (std::size_t slot = 0; slot < 40; ++slot) {
      EXPECT_EQ(data.at(row, "constituent", slot, "filled"),
                raw.at(row, "constituent", slot, "filled"));
      if (raw.at(row, "constituent", slot, "filled") != 0.0F) continue;
      ++empty;
      for (const auto& name : names) EXPECT_EQ(data.at(row, "constituent", slot, name), 0.0F);
    }
  EXPECT_GT(empty, 0U);
}

TEST(JetFeatures, CarryLabelAndSideColumns) {
  const auto raw = toy(5);
  const auto data = features_of(raw);
  EXPECT_EQ(data.event_ids, raw.event_ids);
  for (const char* name :
       {"label", "jet.pt", "jet.eta", "jet.mass", "jet.n_constituents", "jet.type"})
    for (std::size_t row = 0; row < raw.rows(); ++row)
      EXPECT_EQ(data.at(row, name), raw.at(row, name)) << name;
  EXPECT_EQ(data.columns.items[data.column("label")].role, steppe::Role::target);
  EXPECT_EQ(data.columns.items[data.column("jet.pt")].role, steppe::Role::side);
  EXPECT_EQ(data.columns.items[data.column("constituent.7.filled")].role, steppe::Role::mask);
}

TEST(JetFeatures, CarryTheWeightWhereThereIsOne) {
  auto raw = toy(2);
  const auto last = raw.columns.size() - 1;  // the label
  raw.columns.items[last].role = steppe::Role::weight;
  raw.columns.items[last].name = "mc_weight";
  const auto data = features_of(raw);
  EXPECT_EQ(data.columns.items[data.column("mc_weight")].role, steppe::Role::weight);
  EXPECT_EQ(data.at(0, "mc_weight"), 1.0F);
}

TEST(JetFeatures, DoNotDependOnTheChunks) {
  const auto raw = toy(40);
  EXPECT_EQ(features_of(raw, 40, 7).values, features_of(raw, 40, 80).values);
}

TEST(JetFeatures, LogarithmsStopAtOneMillionth) {
  auto raw = toy(1);
  raw.values[raw.column("jet.mass")] = 0;
  EXPECT_FLOAT_EQ(features_of(raw).at(0, "jet.log_mass"), std::log(1e-6F));
}

TEST(JetFeatures, UseAsManySlotsAsAsked) {
  const auto data = features_of(toy(1), 5);
  EXPECT_EQ(data.columns.items[5 * 15].name, "jet.log_pt");
}

TEST(JetFeatures, SayHowManySlotsThereAre) {
  const auto raw = toy(1, 12);
  EXPECT_EQ(sentence_of([&] { features_of(raw, 40); }),
            "'constituents' is 40, and the input has 12");
}

TEST(JetFeatures, OfTheReleasedCodeAreTransformedTwice) {
  auto raw = toy(20);
  raw.values[raw.column("constituent.3.pt")] = 1;  // log 1 = 0 is padding there
  const auto once = features_of(raw);
  const auto twice = features_of(raw, 40, 1000, "released_code");
  ASSERT_EQ(twice.columns.size(), once.columns.size());
  EXPECT_EQ(once.at(0, "constituent.3.filled"), 1.0F);
  EXPECT_EQ(twice.at(0, "constituent.3.filled"), 0.0F);
  EXPECT_EQ(twice.at(0, "constituent.3.log_e"), 0.0F);
  for (std::size_t row = 0; row < raw.rows(); ++row)
    for (std::size_t slot = 0; slot < 40; ++slot) {
      if (twice.at(row, "constituent", slot, "filled") == 0.0F) continue;
      auto wanted = expected(raw, row, slot);
      wanted[2] -= double{raw.at(row, "jet.eta")};
      wanted[3] = std::remainder(wanted[3] - double{raw.at(row, "jet.phi")}, 2 * M_PI);
      wanted[5] = std::log(std::max(wanted[5], 1e-6));
      for (const std::size_t f : {13, 14}) wanted[f] = std::tanh(wanted[f]);
      for (std::size_t f = 0; f < names.size(); ++f)
        EXPECT_NEAR(double{twice.at(row, "constituent", slot, names[f])}, wanted[f],
                    f == 5 ? 2e-5 : 2e-6)  // a logarithm near zero blows rounding up
            << names[f] << " of slot " << slot << " of row " << row;
    }
  EXPECT_EQ(twice.at(0, "jet.log_pt"), once.at(0, "jet.log_pt"));
  EXPECT_EQ(twice.at(0, "jet.log_mass"), once.at(0, "jet.log_mass"));
}

TEST(JetFeatures, ComeFromFourColumnsWhereThereAreNoMore) {
  const auto raw = toy(50);
  const auto full = features_of(raw);
  const auto few = features_of(four_columns(raw));
  for (std::size_t row = 0; row < raw.rows(); ++row) {
    double x = 0, y = 0, z = 0, e = 0;
    for (std::size_t slot = 0; slot < 40; ++slot) {
      const auto c = [&](const char* name) {
        return double{raw.at(row, "constituent", slot, name)};
      };
      x += c("pt") * std::cos(c("phi"));
      y += c("pt") * std::sin(c("phi"));
      z += c("pt") * std::sinh(c("eta"));
      e += c("filled") * c("pt") * std::cosh(c("eta"));
    }
    const double pt = std::hypot(x, y);
    EXPECT_NEAR(double{few.at(row, "jet.log_pt")}, std::log(pt), 1e-6);
    EXPECT_NEAR(double{few.at(row, "jet.mass")}, std::sqrt(e * e - pt * pt - z * z), 1e-3);
    for (std::size_t slot = 0; slot < 40; ++slot) {
      EXPECT_EQ(few.at(row, "constituent", slot, "filled"),
                full.at(row, "constituent", slot, "filled"));
      if (full.at(row, "constituent", slot, "filled") == 0.0F) continue;
      // The toy's candidates are massless, and their charges those of their codes.
      EXPECT_NEAR(few.at(row, "constituent", slot, "log_e"),
                  full.at(row, "constituent", slot, "log_e"), 2e-6);
      for (const char* name : {"log_pt", "charge", "is_photon", "is_charged_hadron", "is_muon"})
        EXPECT_EQ(few.at(row, "constituent", slot, name), full.at(row, "constituent", slot, name));
      const double eta = double{raw.at(row, "constituent", slot, "eta")} - std::asinh(z / pt);
      const double phi = std::remainder(
          double{raw.at(row, "constituent", slot, "phi")} - std::atan2(y, x), 2 * M_PI);
      EXPECT_NEAR(double{few.at(row, "constituent", slot, "delta_r")}, std::hypot(eta, phi), 2e-6);
      EXPECT_NEAR(double{few.at(row, "constituent", slot, "log_relpt")},
                  double{full.at(row, "constituent", slot, "log_pt")} - std::log(pt), 3e-6);
      EXPECT_NEAR(double{few.at(row, "constituent", slot, "log_rele")},
                  double{full.at(row, "constituent", slot, "log_e")} - std::log(e), 3e-6);
      EXPECT_EQ(few.at(row, "constituent", slot, "tanh_d0"), 0.0F);
    }
  }
}

TEST(JetFeatures, OfAJetAreThoseOfTheSumAlsoBeyondTheSlotsUsed) {
  const auto raw = four_columns(toy(5));
  EXPECT_EQ(features_of(raw, 3).at(0, "jet.log_pt"), features_of(raw, 40).at(0, "jet.log_pt"));
}

TEST(JetFeatures, TakeChargeAndFlagsFromColumnsWhereThereIsNoCode) {
  auto raw = without(toy(3), [](const std::string& name) { return name.ends_with(".pdgid"); });
  for (std::size_t i = 0; i < raw.columns.size(); ++i) {
    auto& name = raw.columns.items[i].name;
    if (!name.ends_with(".dz")) continue;
    name.replace(name.size() - 2, 2, "is_muon");
    raw.values[i] = 1;
  }
  const auto data = features_of(raw);
  EXPECT_EQ(data.at(0, "constituent.0.is_muon"), 1.0F);
  EXPECT_EQ(data.at(0, "constituent.0.is_photon"), 0.0F);
  EXPECT_EQ(data.at(0, "constituent.0.charge"), raw.at(0, "constituent.0.charge"));
}

TEST(JetFeatures, NameTheColumnThatIsMissing) {
  auto raw = toy(1);
  raw.columns.items[raw.column("jet.phi")].name = "jet.angle";
  EXPECT_EQ(
      sentence_of([&] { features_of(raw); }),
      "the input has no column 'jet.phi'; jet_features takes the raw columns of a jet reader");
}

}  // namespace
