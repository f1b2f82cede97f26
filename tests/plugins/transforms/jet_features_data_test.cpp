// jet_features on real Monte-Carlo jets against numpy: tests/reference/make_feature_tables.py made
// jet_features.h5 from the same 1000 jets. Data: STEPPE_DATA, or ../shared/data beside the sources.
// Skipped where there are none, unless STEPPE_REQUIRE_DATA is set.
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "plugin_fixture.hpp"
#include <gtest/gtest.h>
#include <hdf5.h>

namespace {

using steppe::testing::Collected;
using steppe::testing::StageUnderTest;

constexpr std::size_t features = 602;
constexpr std::size_t step = 50;  ///< every 50th jet is in the table

std::filesystem::path data_folder() {
  const char* given = std::getenv("STEPPE_DATA");
  return given ? given : std::filesystem::path{STEPPE_SOURCE_DIR} / "../shared/data";
}

class RealJetFeatures : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(data_folder() / "RS3Llike_Hbb_test.h5")) return;
    const auto reason = "no RS3Llike_*.h5 in '" + data_folder().string() +
                        "'; set STEPPE_DATA to the folder that has them";
    if (std::getenv("STEPPE_REQUIRE_DATA")) FAIL() << reason;
    GTEST_SKIP() << reason;
  }

  /// Of the first 500 jets of each class.
  static Collected ours() {
    StageUnderTest reader{"rs3l",
                          {{"path", std::vector{(data_folder() / "RS3Llike_*_test.h5").string()}},
                           {"jets_per_class", 500}}};
    StageUnderTest transform{"jet_features", {{"recipe", GetParam()}}};
    return steppe::testing::apply(transform, steppe::testing::read(reader));
  }

  static std::vector<double> numpy(const std::string& name, std::size_t count) {
    const auto path = STEPPE_SOURCE_DIR "/tests/reference/jet_features.h5";
    const hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t data = H5Dopen2(file, (std::string{GetParam()} + "/" + name).c_str(), H5P_DEFAULT);
    const hid_t space = H5Dget_space(data);
    EXPECT_EQ(H5Sget_simple_extent_npoints(space), static_cast<hssize_t>(count));
    std::vector<double> out(count);
    EXPECT_GE(H5Dread(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out.data()), 0);
    for (const auto close : {H5Sclose(space), H5Dclose(data), H5Fclose(file)}) EXPECT_GE(close, 0);
    return out;
  }
};

TEST_P(RealJetFeatures, AgreeWithNumpyJetByJet) {
  const auto data = ours();
  ASSERT_EQ(data.rows(), 1000U);
  const auto wanted = numpy("jets", data.rows() / step * features);
  for (std::size_t jet = 0; jet < data.rows() / step; ++jet)
    for (std::size_t f = 0; f < features; ++f) {
      const double value = data.values[jet * step * data.columns.size() + f];
      EXPECT_NEAR(value, wanted[jet * features + f], 1e-6)
          << data.columns.items[f].name << " of jet " << jet * step;
    }
}

TEST_P(RealJetFeatures, AgreeWithNumpyInEverySum) {
  const auto data = ours();
  ASSERT_EQ(data.rows(), 1000U);
  std::vector<double> sums(features), rows(data.rows());
  for (std::size_t jet = 0; jet < data.rows(); ++jet)
    for (std::size_t f = 0; f < features; ++f) {
      const double value = data.values[jet * data.columns.size() + f];
      sums[f] += value;
      rows[jet] += value;
    }
  const auto wanted_sums = numpy("sums", features), wanted_rows = numpy("rows", data.rows());
  // One value is good to 1e-6, and errors of rounding go both ways.
  for (std::size_t f = 0; f < features; ++f)
    EXPECT_NEAR(sums[f], wanted_sums[f], 1e-4) << data.columns.items[f].name;
  for (std::size_t jet = 0; jet < data.rows(); ++jet)
    EXPECT_NEAR(rows[jet], wanted_rows[jet], 5e-5) << "jet " << jet;
}

INSTANTIATE_TEST_SUITE_P(Recipe, RealJetFeatures, ::testing::Values("table2", "released_code"),
                         [](const auto& recipe) { return std::string{recipe.param}; });

}  // namespace
