// The RS3L reader on real Monte-Carlo jets: STEPPE_DATA, or ../shared/data beside the sources.
// Skipped where there are none, unless STEPPE_REQUIRE_DATA is set.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>
#include <hdf5.h>

namespace {

using steppe::testing::Collected;
using steppe::testing::StageUnderTest;

std::filesystem::path data_folder() {
  const char* given = std::getenv("STEPPE_DATA");
  return given ? given : std::filesystem::path{STEPPE_SOURCE_DIR} / "../shared/data";
}

class RealJets : public ::testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(data_folder() / "RS3Llike_Hbb_train.h5")) return;
    const auto reason = "no RS3Llike_*.h5 in '" + data_folder().string() +
                        "'; set STEPPE_DATA to the folder that has them";
    if (std::getenv("STEPPE_REQUIRE_DATA")) FAIL() << reason;
    GTEST_SKIP() << reason;
  }

  static Collected read(const std::string& pattern, const std::string& simulation) {
    StageUnderTest reader{
        "rs3l",
        {{"path", std::vector{(data_folder() / pattern).string()}}, {"simulation", simulation}}};
    return steppe::testing::read(reader);
  }

  /// One value straight from the file.
  static float value(const std::string& name, const char* set, const std::vector<hsize_t>& at) {
    const hid_t file = H5Fopen((data_folder() / name).c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t data = H5Dopen2(file, set, H5P_DEFAULT);
    const hid_t space = H5Dget_space(data);
    const std::vector<hsize_t> one(at.size(), 1);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, at.data(), nullptr, one.data(), nullptr);
    const hid_t single = H5Screate(H5S_SCALAR);
    float out = 0;
    H5Dread(data, H5T_NATIVE_FLOAT, single, space, H5P_DEFAULT, &out);
    for (const auto close : {H5Sclose(single), H5Sclose(space), H5Dclose(data), H5Fclose(file)})
      EXPECT_GE(close, 0);
    return out;
  }
};

TEST_F(RealJets, TrainingFilesHaveTheRowsTheirReadmeSays) {
  const auto data = read("*_train.h5", "herwig");
  EXPECT_EQ(data.rows(), 30000U + 28579U);
  ASSERT_EQ(data.files.size(), 2U);
  EXPECT_EQ(data.files[0].rows, 30000U);
  EXPECT_EQ(data.files[1].rows, 28579U);
  std::size_t signal = 0;
  for (std::size_t i = 0; i < data.rows(); ++i) signal += data.at(i, "label") == 1 ? 1 : 0;
  EXPECT_EQ(signal, 30000U);
  EXPECT_EQ(std::set(data.event_ids.begin(), data.event_ids.end()).size(), data.rows());
}

TEST_F(RealJets, ValuesAreThoseOfTheFile) {
  const auto data = read("*_Hbb_test.h5", "fsr_down");
  const std::string name = "RS3Llike_Hbb_test.h5";
  // Row 5000 lies in another chunk than row 3.
  for (const hsize_t row : {3, 5000})
    for (const hsize_t slot : {0, 7}) {
      EXPECT_EQ(data.at(row, "constituent", slot, "pt"),
                value(name, "jet_pflow_cands", {row, 2, 0, slot}));
      EXPECT_EQ(data.at(row, "constituent", slot, "pdgid"),
                value(name, "jet_pflow_cands", {row, 2, 8, slot}));
      EXPECT_EQ(data.at(row, "constituent", slot, "dz"),
                value(name, "jet_pflow_cands", {row, 2, 10, slot}));
      EXPECT_EQ(data.at(row, "jet.pt"), value(name, "singletons", {row, 2, 9}));
      EXPECT_EQ(data.at(row, "jet.mass"), value(name, "singletons", {row, 2, 13}));
      EXPECT_GT(data.at(row, "jet.pt"), 0.0F);
    }
}

TEST_F(RealJets, ColumnsAreToldToBeRaw) {
  for (const char* simulation : {"pythia", "fsr_down", "herwig"}) {
    StageUnderTest reader{"rs3l",
                          {{"path", std::vector{(data_folder() / "*_test.h5").string()}},
                           {"simulation", std::string{simulation}}}};
    steppe::testing::read(reader);
    ASSERT_EQ(reader.host().logged.size(), 1U);
    const auto& note = reader.host().logged[0].second;
    EXPECT_TRUE(note.starts_with("the columns of the candidates are raw, as ")) << note;
    EXPECT_TRUE(note.ends_with("candidates of 1000 jets show")) << note;
  }
}

TEST_F(RealJets, SimulationsShareTheirEvents) {
  const auto pythia = read("*_test.h5", "pythia");
  EXPECT_EQ(pythia.rows(), 6798U + 6156U);
  for (const char* other : {"pythia_other_seed", "fsr_up", "herwig"})
    EXPECT_EQ(read("*_test.h5", other).event_ids, pythia.event_ids) << other;
}

TEST_F(RealJets, TrainingAndTestShareNone) {
  auto ids = read("*_train.h5", "pythia").event_ids;
  const auto test = read("*_test.h5", "pythia").event_ids;
  ids.insert(ids.end(), test.begin(), test.end());
  EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
}

TEST_F(RealJets, ASimulationThatIsNotFilledIsAnError) {
  EXPECT_EQ(steppe::testing::sentence_of([] { read("*_train.h5", "fsr_up"); }),
            "simulation 'fsr_up' has no jet in these files, in 58579 rows");
}

}  // namespace
