// The RS3L reader on small files written here, good ones and wrong ones.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>
#include <hdf5.h>
#include <unistd.h>

namespace {

using steppe::testing::Collected;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using steppe::testing::StageUnderTest;

constexpr hsize_t simulations = 5, features = 11, slots = 6, singles = 16;

/// The arrays of one file, filled with numbers that tell where they are.
struct JetArrays {
  explicit JetArrays(hsize_t rows)
      : singletons{rows, simulations, singles}, candidates{rows, simulations, features, slots} {
    for (hsize_t row = 0; row < rows; ++row)
      for (hsize_t sim = 0; sim < simulations; ++sim) fill(row, sim, row % 2 == 0 ? 4.0F : 1.0F);
  }

  float& single(hsize_t row, hsize_t sim, hsize_t column) {
    return numbers[(row * simulations + sim) * singles + column];
  }
  float& candidate(hsize_t row, hsize_t sim, hsize_t feature, hsize_t slot) {
    return inside[((row * simulations + sim) * features + feature) * slots + slot];
  }

  void fill(hsize_t row, hsize_t sim, float type) {
    numbers.resize(singletons[0] * simulations * singles);
    inside.resize(candidates[0] * simulations * features * slots);
    const float number = static_cast<float>(row), other = static_cast<float>(sim);
    const std::array<float, 16> jet{
        type, 0, 0, 0, 0, 0, 0, 0, 9, 500.0F + other, jet_eta, jet_phi, 600, 120, 1000.0F + number,
        0};
    std::copy(jet.begin(), jet.end(), &single(row, sim, 0));
    // Two candidates fewer than there are slots.
    for (hsize_t slot = 0; slot + 2 < slots; ++slot) {
      const float place = static_cast<float>(slot);
      const float pt = 100 - 16 * place + number / 8 + other;
      const float delta_eta = 0.125F * place - 0.25F, delta_phi = 0.0625F * (other - 1);
      const float e = pt * std::cosh(jet_eta + delta_eta);
      const std::array<float, features> values{pt,
                                               pt / jet[9],
                                               jet_eta + delta_eta,
                                               jet_phi + delta_phi,
                                               std::hypot(delta_eta, delta_phi),
                                               e,
                                               e / jet[12],
                                               place - 1,
                                               211,
                                               0.5F - place / 2,
                                               2};
      for (hsize_t f = 0; f < features; ++f) candidate(row, sim, f, slot) = values[f];
    }
  }

  /// As the authors' own code writes candidates.
  void make_relative() {
    for (hsize_t row = 0; row < candidates[0]; ++row)
      for (hsize_t sim = 0; sim < simulations; ++sim)
        for (hsize_t slot = 0; slot + 2 < slots; ++slot) {
          for (const hsize_t f : {0, 1, 5, 6})
            candidate(row, sim, f, slot) = std::log(candidate(row, sim, f, slot));
          candidate(row, sim, 2, slot) -= jet_eta;
          candidate(row, sim, 3, slot) -= jet_phi;
          for (const hsize_t f : {9, 10})
            candidate(row, sim, f, slot) = std::tanh(candidate(row, sim, f, slot));
        }
  }

  static constexpr float jet_eta = 0.5F, jet_phi = 1.5F;
  std::vector<hsize_t> singletons, candidates;  ///< shapes
  std::vector<float> numbers, inside;
};

const std::vector<std::string> singleton_names{
    "jettype",    "hard_pt",    "hard_eta",       "hard_phi",    "hard_energy", "hard_pdgid",
    "n_bhadrons", "n_chadrons", "n_constituents", "jet_pt",      "jet_eta",     "jet_phi",
    "jet_energy", "jet_mass",   "event_id",       "augmentation"};

/// A folder of HDF5 files, gone after the test.
class Rs3l : public ::testing::Test {
 protected:
  Rs3l() { std::filesystem::create_directories(folder_); }
  ~Rs3l() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  static void write_array(hid_t file, const char* name, const std::vector<hsize_t>& shape,
                          const std::vector<float>& values,
                          const std::vector<std::string>& columns) {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t set =
        H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    if (!columns.empty()) write_names(set, columns);
    H5Dclose(set);
    H5Sclose(space);
  }

  static void write_names(hid_t set, const std::vector<std::string>& names) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hsize_t count = names.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t attribute = H5Acreate2(set, "columns", type, space, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<const char*> texts;
    for (const auto& name : names) texts.push_back(name.c_str());
    H5Awrite(attribute, type, texts.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
  }

  void write(const std::string& name, const JetArrays& jets,
             const std::vector<std::string>& columns = {},
             const std::vector<std::string>& feature_names = {}) const {
    const hid_t file = H5Fcreate(path(name).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    write_array(file, "singletons", jets.singletons, jets.numbers, columns);
    write_array(file, "jet_pflow_cands", jets.candidates, jets.inside, feature_names);
    H5Fclose(file);
  }

  Collected read(const std::string& pattern, Settings settings = {}) {
    settings.emplace("path", std::vector{path(pattern)});
    settings.emplace("candidates", 5);
    StageUnderTest reader{"rs3l", settings};
    const auto out = steppe::testing::read(reader);
    logged_ = reader.host().logged;
    return out;
  }

  std::vector<std::pair<steppe_log_level, std::string>> logged_;

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("steppe-rs3l-" + std::to_string(getpid()));
};

TEST_F(Rs3l, ReadsOneSimulationSlotBySlot) {
  JetArrays jets{3};
  write("jets.h5", jets);
  const auto data = read("jets.h5", {{"simulation", std::string{"fsr_up"}}});
  ASSERT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.columns.domain, "fsr_up");
  const std::array names{"pt",   "relpt",  "eta",   "phi", "dr", "e",
                         "rele", "charge", "pdgid", "d0",  "dz"};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t slot = 0; slot < 5; ++slot) {
      for (std::size_t f = 0; f < names.size(); ++f)
        EXPECT_EQ(data.at(row, "constituent", slot, names[f]), jets.candidate(row, 3, f, slot));
      EXPECT_EQ(data.at(row, "constituent", slot, "filled"), slot < 4 ? 1.0F : 0.0F);
    }
    EXPECT_EQ(data.at(row, "jet.pt"), 503.0F);
    EXPECT_EQ(data.at(row, "jet.eta"), 0.5F);
    EXPECT_EQ(data.at(row, "jet.phi"), 1.5F);
    EXPECT_EQ(data.at(row, "jet.energy"), 600.0F);
    EXPECT_EQ(data.at(row, "label"), row % 2 == 0 ? 1.0F : 0.0F);
  }
}

TEST_F(Rs3l, ComputesWhatTheFileDoesNotName) {
  write("jets.h5", JetArrays{1});
  const auto data = read("jets.h5");
  EXPECT_NEAR(double{data.at(0, "jet.mass")},
              std::sqrt(600.0 * 600 - std::pow(500 * std::cosh(0.5), 2)), 1e-3);
  EXPECT_EQ(data.at(0, "jet.n_constituents"), 4.0F);
}

TEST_F(Rs3l, TakesNamedColumnsFromWhereTheyAre) {
  JetArrays jets{1};
  for (hsize_t f = 0; f < features / 2; ++f)
    for (hsize_t slot = 0; slot < slots; ++slot)
      std::swap(jets.candidate(0, 0, f, slot), jets.candidate(0, 0, features - 1 - f, slot));
  write("jets.h5", jets, singleton_names,
        {"dz", "d0", "pdgid", "charge", "rele", "e", "dr", "phi", "eta", "relpt", "pt"});
  const auto data = read("jets.h5");
  EXPECT_EQ(data.at(0, "jet.mass"), 120.0F);
  EXPECT_EQ(data.at(0, "jet.n_constituents"), 9.0F);
  EXPECT_EQ(data.at(0, "constituent.0.pt"), jets.candidate(0, 0, 10, 0));
  EXPECT_EQ(data.at(0, "constituent.0.dz"), jets.candidate(0, 0, 0, 0));
}

TEST_F(Rs3l, EventIdsBelongToTheRowAndTheFile) {
  const JetArrays jets{4};
  write("a.h5", jets, singleton_names);
  write("b.h5", jets, singleton_names);
  write("c.h5", jets);
  const auto pythia = read("*.h5", {{"simulation", std::string{"0"}}});
  const auto herwig = read("*.h5", {{"simulation", std::string{"4"}}});
  EXPECT_EQ(herwig.columns.domain, "herwig");
  EXPECT_EQ(pythia.event_ids, herwig.event_ids);
  EXPECT_EQ(std::set(pythia.event_ids.begin(), pythia.event_ids.end()).size(), 12U);
}

TEST_F(Rs3l, LeavesOutAndCountsEmptyRowsAndOtherTypes) {
  JetArrays jets{6};
  jets.fill(1, 0, 9);        // W -> qq
  jets.single(2, 0, 0) = 0;  // no type
  jets.single(3, 0, 9) = 0;  // no pT
  write("jets.h5", jets);
  const auto data = read("jets.h5");
  EXPECT_EQ(data.rows(), 3U);
  ASSERT_EQ(logged_.size(), 3U);
  EXPECT_EQ(logged_[1].second, "2 rows have no jet in simulation 'pythia' and were left out");
  EXPECT_EQ(logged_[2].second,
            "1 jets are of a type that is neither signal nor background and were left out");
  ASSERT_EQ(data.files.size(), 1U);
  EXPECT_EQ(data.files[0].rows, 6U);
  EXPECT_EQ(data.files[0].expected, 6);
}

TEST_F(Rs3l, TakesTheFirstJetsOfEachClass) {
  write("a.h5", JetArrays{6});
  write("b.h5", JetArrays{6});
  const auto data = read("*.h5", {{"jets_per_class", 2}});
  ASSERT_EQ(data.rows(), 4U);
  const auto all = read("a.h5");
  EXPECT_TRUE(std::equal(data.values.begin(), data.values.end(), all.values.begin()));
}

TEST_F(Rs3l, TypesOfBothClassesAreSettings) {
  JetArrays jets{6};
  jets.fill(1, 0, 9);
  write("jets.h5", jets);
  const auto data =
      read("jets.h5", {{"signal", std::vector{9}}, {"background", std::vector{1, 4}}});
  ASSERT_EQ(data.rows(), 6U);
  EXPECT_EQ(data.at(0, "label"), 0.0F);
  EXPECT_EQ(data.at(1, "label"), 1.0F);
  EXPECT_EQ(sentence_of([&] {
              read("jets.h5", {{"signal", std::vector{4, 8}}});
            }),
            "jet type 8 is in 'signal' and in 'background'");
}

TEST_F(Rs3l, TakesTheClassOfSplitFilesFromTheirNames) {
  JetArrays jets{2};
  for (hsize_t row = 0; row < 2; ++row) jets.single(row, 0, 0) = 0;
  write("FR_RS3L_Hbb_test.h5", jets);
  write("FR_RS3L_QCD_test.h5", jets);
  const auto data = read("FR*.h5", {{"label_from", std::string{"file_name"}}});
  ASSERT_EQ(data.rows(), 4U);
  EXPECT_EQ(data.at(1, "label"), 1.0F);
  EXPECT_EQ(data.at(2, "label"), 0.0F);
  write("other.h5", jets);
  EXPECT_EQ(sentence_of([&] {
              read("other.h5", {{"label_from", std::string{"file_name"}}});
            }),
            "'label_from': the name of '" + path("other.h5") +
                "' has to have either 'Hbb' or 'QCD' in it");
}

TEST_F(Rs3l, MayDropTheLastRowOfEachFile) {
  write("a.h5", JetArrays{3});
  write("b.h5", JetArrays{2});
  const auto all = read("*.h5");
  const auto data = read("*.h5", {{"last_row", std::string{"drop"}}});
  ASSERT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.event_ids, (std::vector{all.event_ids[0], all.event_ids[1], all.event_ids[3]}));
  EXPECT_EQ(data.files.at(0).expected, 2);
}

TEST_F(Rs3l, TellsRawColumnsFromRelativeOnesAndGivesRaw) {
  JetArrays jets{3};
  write("raw.h5", jets);
  const auto raw = read("raw.h5", {{"simulation", std::string{"herwig"}}});
  ASSERT_EQ(logged_.size(), 1U);
  EXPECT_EQ(logged_[0].second,
            "the columns of the candidates are raw, as 12 candidates of 3 jets show");
  jets.make_relative();
  write("relative.h5", jets);
  const auto back = read("relative.h5", {{"simulation", std::string{"herwig"}}});
  EXPECT_EQ(logged_.at(0).second,
            "the columns of the candidates are relative, as 12 candidates of 3 jets show");
  ASSERT_EQ(back.values.size(), raw.values.size());
  for (std::size_t i = 0; i < raw.values.size(); ++i)
    EXPECT_NEAR(back.values[i], raw.values[i], 3e-6 * (1 + std::abs(raw.values[i])))
        << raw.columns.items[i % raw.columns.size()].name;
}

TEST_F(Rs3l, TheSpellingMayBeSaid) {
  write("jets.h5", JetArrays{1});
  const auto sentence = sentence_of([&] {
    read("jets.h5", {{"columns", std::string{"relative"}}});
  });
  EXPECT_TRUE(
      sentence.starts_with("row 0 of '" + path("jets.h5") +
                           "' has a candidate 0 that is none, with columns taken as relative: "))
      << sentence;
}

TEST_F(Rs3l, TellsNumbersThatFitNoSpelling) {
  JetArrays jets{2};
  for (hsize_t row = 0; row < 2; ++row)
    for (hsize_t slot = 0; slot + 2 < slots; ++slot) jets.candidate(row, 0, 4, slot) = 3;
  write("jets.h5", jets);
  EXPECT_EQ(
      sentence_of([&] { read("jets.h5"); }),
      "whether the columns of the candidates are raw or relative cannot be told: of 8 "
      "candidates, dr is the distance of (eta, phi) to the jet for 0 and its length for 0; if "
      "you know, set 'columns' to 'raw' or 'relative'");
  EXPECT_EQ(read("jets.h5", {{"columns", std::string{"raw"}}}).rows(), 2U);
}

TEST_F(Rs3l, TellsNumbersThatAreNoJet) {
  JetArrays jets{2};
  jets.single(1, 0, 9) = NAN;
  write("jets.h5", jets);
  EXPECT_EQ(sentence_of([&] { read("jets.h5"); }),
            "row 1 of '" + path("jets.h5") +
                "' has a jet of pT nan, eta 0.500000, phi 1.500000 and E 600.000000; 'singletons' "
                "may have its columns elsewhere");
  JetArrays other{4};
  other.candidate(2, 0, 9, 1) = NAN;
  write("other.h5", other);
  EXPECT_EQ(sentence_of([&] { read("other.h5"); }),
            "row 2 of '" + path("other.h5") +
                "' has a candidate 1 that is none, with columns taken as raw: pt 84.250000, relpt "
                "0.168500, eta 0.375000, phi 1.437500, dr 0.139754, e 90.243568, rele 0.150406, "
                "charge 0.000000, pdgid 211.000000, d0 nan, dz 2.000000; see 'columns'");
}

TEST_F(Rs3l, TellsEachWayOfBeingNoCandidate) {
  struct Wrong {
    hsize_t feature;
    float value;
  };
  for (const auto [feature, value] : {Wrong{0, -1}, Wrong{0, 1e5F}, Wrong{0, NAN}, Wrong{2, 20},
                                      Wrong{2, -20}, Wrong{5, 0}, Wrong{7, INFINITY}}) {
    JetArrays jets{4};
    jets.candidate(2, 0, feature, 1) = value;
    write("jets.h5", jets);
    const auto said = sentence_of([&] { read("jets.h5", {{"columns", std::string{"raw"}}}); });
    EXPECT_TRUE(said.starts_with("row 2 of '" + path("jets.h5") +
                                 "' has a candidate 1 that is none, with columns taken as raw: "))
        << feature << " = " << value << ": " << said;
  }
}

TEST_F(Rs3l, SizeOfPiecesChangesNoByte) {
  write("a.h5", JetArrays{9});
  write("b.h5", JetArrays{4});
  const auto all = read("*.h5");
  const auto some = read("*.h5", {{"jets_per_class", 5}});
  for (const int chunk : {1, 2, 5, 9}) {
    EXPECT_EQ(read("*.h5", {{"chunk", chunk}}).values, all.values);
    const auto parts = read("*.h5", {{"chunk", chunk}, {"jets_per_class", 5}});
    EXPECT_EQ(parts.values, some.values);
    EXPECT_EQ(parts.event_ids, some.event_ids);
    EXPECT_EQ(parts.files.back().rows, some.files.back().rows);
  }
}

TEST_F(Rs3l, TellsFilesThatAreCutShortAnywhere) {
  write("jets.h5", JetArrays{40});
  const auto size = std::filesystem::file_size(path("jets.h5"));
  for (const double part : {0.0, 0.01, 0.3, 0.9}) {
    write("jets.h5", JetArrays{40});
    std::filesystem::resize_file(path("jets.h5"),
                                 static_cast<std::uintmax_t>(static_cast<double>(size) * part));
    EXPECT_EQ(sentence_of([&] { read("jets.h5"); }),
              "'" + path("jets.h5") + "' is no HDF5 file, or is cut short")
        << part;
  }
}

TEST_F(Rs3l, TellsTextsInsteadOfNumbers) {
  const hid_t file = H5Fcreate(path("jets.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t one = 1;
  const hid_t space = H5Screate_simple(1, &one, nullptr);
  const hid_t set =
      H5Dcreate2(file, "singletons", H5T_C_S1, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  for (const auto close : {H5Dclose(set), H5Sclose(space), H5Fclose(file)}) EXPECT_GE(close, 0);
  EXPECT_EQ(sentence_of([&] { read("jets.h5"); }),
            "'singletons' of '" + path("jets.h5") + "' does not hold plain numbers");
}

TEST_F(Rs3l, TellsAFileWithoutRows) {
  write("jets.h5", JetArrays{0});
  EXPECT_EQ(sentence_of([&] { read("jets.h5"); }),
            "simulation 'pythia' has no jet in these files, in 0 rows");
}

TEST_F(Rs3l, RefusesMoreJetsThanThereAre) {
  write("a.h5", JetArrays{5});
  EXPECT_EQ(sentence_of([&] {
              read("a.h5", {{"jets_per_class", 3}});
            }),
            "'jets_per_class' is 3, and the files hold 3 signal and 2 background jets; 0 takes all "
            "there are");
}

TEST_F(Rs3l, NamesAPatternThatCoversNothing) {
  EXPECT_EQ(sentence_of([&] { read("none*.h5"); }),
            "'path': there is no file '" + path("none*.h5") + "'");
}

TEST_F(Rs3l, RefusesFilesOfOneName) {
  std::filesystem::create_directory(path("more"));
  write("a.h5", JetArrays{1});
  write("more/a.h5", JetArrays{1});
  StageUnderTest reader{"rs3l",
                        {{"path", std::vector{path("a.h5"), path("*/a.h5")}}, {"candidates", 5}}};
  EXPECT_EQ(sentence_of([&] { steppe::testing::read(reader); }),
            "'path': '" + path("a.h5") + "' and '" + path("more/a.h5") +
                "' have the same name, and would have the same event ids; rename one");
}

TEST_F(Rs3l, TellsWhatIsNoHdf5File) {
  std::ofstream{path("text.h5")} << "pt eta phi";
  EXPECT_EQ(sentence_of([&] { read("text.h5"); }),
            "'" + path("text.h5") + "' is no HDF5 file, or is cut short");
}

TEST_F(Rs3l, ListsWhatAFileHasInstead) {
  const hid_t file = H5Fcreate(path("other.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  write_array(file, "jets", {1}, {1}, {});
  write_array(file, "weights", {1}, {1}, {});
  H5Fclose(file);
  EXPECT_EQ(sentence_of([&] { read("other.h5"); }),
            "'" + path("other.h5") + "' has no data set 'singletons'; it has 'jets', 'weights'");
}

TEST_F(Rs3l, TellsWrongShapes) {
  JetArrays flat{2};
  flat.singletons = {2, simulations * singles};
  write("flat.h5", flat);
  EXPECT_EQ(sentence_of([&] { read("flat.h5"); }),
            "'singletons' of '" + path("flat.h5") +
                "' has shape (2, 80) instead of (jets, simulations, columns)");

  JetArrays uneven{2};
  uneven.singletons = {1, simulations, singles};
  write("uneven.h5", uneven);
  EXPECT_EQ(sentence_of([&] { read("uneven.h5"); }),
            "'" + path("uneven.h5") +
                "': 'singletons' has shape (1, 5, 16), which does not go with "
                "'jet_pflow_cands' of (2, 5, 11, 6)");

  JetArrays turned{2};
  turned.candidates = {2, simulations, slots, features};
  write("turned.h5", turned);
  EXPECT_EQ(sentence_of([&] { read("turned.h5"); }),
            "'" + path("turned.h5") +
                "': 'jet_pflow_cands' has 6 features instead of 11; its shape "
                "is (2, 5, 6, 11), and features come before candidates");
}

TEST_F(Rs3l, TellsWhichNamedFeatureIsMissing) {
  write("jets.h5", JetArrays{1}, {}, {"pt", "eta", "phi"});
  EXPECT_EQ(sentence_of([&] { read("jets.h5"); }),
            "'" + path("jets.h5") + "': 'jet_pflow_cands' names its columns, and none is 'relpt'");
}

TEST_F(Rs3l, TellsHowManyCandidatesThereAre) {
  write("jets.h5", JetArrays{1});
  EXPECT_EQ(sentence_of([&] {
              read("jets.h5", {{"candidates", 40}});
            }),
            "'candidates' is 40, and '" + path("jets.h5") + "' holds 6 a jet");
}

TEST_F(Rs3l, KnowsItsSimulations) {
  EXPECT_EQ(sentence_of([&] {
              read("jets.h5", {{"simulation", std::string{"sherpa"}}});
            }),
            "'simulation' is 'sherpa'; it is one of 'pythia', 'pythia_other_seed', 'fsr_down', "
            "'fsr_up', 'herwig', or their numbers '0' to '4'");
}

}  // namespace
