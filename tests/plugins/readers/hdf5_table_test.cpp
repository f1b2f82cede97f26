// The reader of HDF5 tables and arrays, on files written here.
#include "plugins/readers/pickled_names.hpp"

#include <cmath>

#include "made_files.hpp"
#include <hdf5.h>

namespace {

using steppe::Role;
using steppe::testing::Collected;
using steppe::testing::read_with;
using steppe::testing::sentence_of;
using steppe::testing::Settings;
using Names = std::vector<std::string>;

class Hdf5Table : public steppe::testing::MadeFiles {
 protected:
  static void add_array(hid_t file, const char* name, const std::vector<hsize_t>& shape,
                        const std::vector<double>& values, hid_t type = H5T_IEEE_F64LE) {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t set = H5Dcreate2(file, name, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
    if (!values.empty())
      H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(set);
    H5Pclose(links);
    H5Sclose(space);
  }

  /// A file of plain arrays.
  template <class... Arrays>
  std::string write_arrays(const std::string& name, const Arrays&... arrays) const {
    const hid_t file = H5Fcreate(path(name).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    (std::apply([&](const auto&... parts) { add_array(file, parts...); }, arrays), ...);
    H5Fclose(file);
    return path(name);
  }

  struct Event {
    std::int64_t index;
    float values[6];  // E_0 PX_0 PY_0 PZ_0 of a constituent, then truthE and truthPX
    std::int64_t flags[2];
  };

  static void add_text(hid_t set, const char* attribute, const std::string& text) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, text.size());
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t at = H5Acreate2(set, attribute, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(at, type, text.data());
    H5Aclose(at);
    H5Sclose(space);
    H5Tclose(type);
  }

  /// As pandas writes its tables; `names`: whether it says what the columns are called.
  std::string write_pandas(const std::string& name, const std::vector<Event>& events,
                           bool names = true) const {
    const hsize_t six = 6, two = 2, count = events.size();
    const hid_t values = H5Tarray_create2(H5T_NATIVE_FLOAT, 1, &six);
    const hid_t flags = H5Tarray_create2(H5T_NATIVE_INT64, 1, &two);
    const hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(Event));
    H5Tinsert(type, "index", offsetof(Event, index), H5T_NATIVE_INT64);
    H5Tinsert(type, "values_block_0", offsetof(Event, values), values);
    H5Tinsert(type, "values_block_1", offsetof(Event, flags), flags);
    const hid_t file = H5Fcreate(path(name).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t group = H5Gcreate2(file, "table", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t set =
        H5Dcreate2(group, "table", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, events.data());
    if (names) {
      add_text(
          set, "values_block_0_kind",
          "(lp0\nVE_0\np1\naVPX_0\np2\naVPY_0\np3\naVPZ_0\np4\naVtruthE\np5\naVtruthPX\np6\na.");
      add_text(set, "values_block_1_kind", "(lp1\nS'ttv'\np2\naS'is_signal_new'\np3\na.");
    }
    for (const auto close : {H5Dclose(set), H5Sclose(space), H5Gclose(group), H5Fclose(file),
                             H5Tclose(type), H5Tclose(flags), H5Tclose(values)})
      EXPECT_GE(close, 0);
    return path(name);
  }

  Collected read(const std::string& name, Settings settings) const {
    settings.emplace("path", std::vector{path(name)});
    return read_with("hdf5_table", settings);
  }
  std::string refusal(const std::string& name, const Settings& settings) const {
    auto out = sentence_of([&] { read(name, settings); });
    for (const auto file = path(name); out.find(file) != std::string::npos;)
      out.replace(out.find(file), file.size(), "FILE");
    return out;
  }
};

using Array = std::tuple<const char*, std::vector<hsize_t>, std::vector<double>>;

// Two events of five numbers, a label and a weight.
const Array numbers{"jets/obs", {2, 3}, {1, 2, 3, 4, 5, 6}};
const Array labels{"jets/label", {2}, {1, 0}};
const Array weights{"w", {2, 1}, {0.5, 2}};
const Settings plain{{"label", "label"}, {"features", Names{"obs"}}};

TEST_F(Hdf5Table, MapsColumnsByName) {
  write_arrays("a.h5", numbers, labels, weights);
  const auto data = read("a.h5", {{"label", "jets/label"},
                                  {"features", Names{"obs[1:3]"}},
                                  {"side", Names{"obs.0"}},
                                  {"weight", "w"}});
  ASSERT_EQ(data.rows(), 2U);
  ASSERT_EQ(data.columns.size(), 5U);
  EXPECT_EQ(data.at(1, "label"), 0.0F);
  EXPECT_EQ(data.at(0, "obs.1"), 2.0F);
  EXPECT_EQ(data.at(1, "obs.2"), 6.0F);
  EXPECT_EQ(data.at(1, "obs.0"), 4.0F);
  EXPECT_EQ(data.at(0, "w.0"), 0.5F);
  EXPECT_EQ(data.columns.items[data.column("obs.2")].role, Role::feature);
  EXPECT_EQ(data.columns.items[data.column("obs.0")].role, Role::side);
  EXPECT_EQ(data.columns.items[data.column("w.0")].role, Role::weight);
  EXPECT_EQ(data.files.at(0).expected, 2);
}

TEST_F(Hdf5Table, ReadsNamesFromAPandasTable) {
  write_pandas("t.h5", {{0, {5, 3, 4, 0, 9, 8}, {0, 1}}, {1, {13, 0, 5, 12, 7, 6}, {1, 0}}});
  const auto data = read(
      "t.h5",
      {{"label", "is_signal_new"}, {"features", Names{"truth*"}}, {"side", Names{"ttv", "index"}}});
  EXPECT_EQ(data.at(0, "label"), 1.0F);
  EXPECT_EQ(data.at(1, "truthPX"), 6.0F);
  EXPECT_EQ(data.at(1, "ttv"), 1.0F);
  EXPECT_EQ(data.at(1, "index"), 1.0F);
}

TEST_F(Hdf5Table, TurnsFourVectorsOfATableIntoJets) {
  write_pandas("t.h5", {{0, {5, 3, 4, 0, 0, 0}, {0, 1}},
                        {1, {0, 0, 0, 0, 0, 0}, {0, 0}},
                        {2, {14, 0, -5, 12, 0, 0}, {0, 0}}});
  const Settings settings{{"label", "is_signal_new"},
                          {"constituents", Names{"E_*", "PX_*", "PY_*", "PZ_*"}},
                          {"candidates", 2}};
  const auto data = read("t.h5", settings);
  ASSERT_EQ(data.rows(), 2U);  // the one in the middle has no constituent
  EXPECT_EQ(data.at(0, "constituent.0.pt"), 5.0F);
  EXPECT_EQ(data.at(0, "constituent.0.eta"), 0.0F);
  EXPECT_EQ(data.at(0, "constituent.0.phi"), static_cast<float>(std::atan2(4, 3)));
  EXPECT_EQ(data.at(0, "constituent.0.e"), 5.0F);
  EXPECT_EQ(data.at(0, "constituent.1.filled"), 0.0F);
  EXPECT_EQ(data.at(0, "label"), 1.0F);
  EXPECT_EQ(data.at(1, "constituent.0.eta"), static_cast<float>(std::asinh(12.0 / 5)));
  EXPECT_NEAR(data.at(1, "jet.mass"), std::sqrt(14.0 * 14 - 13 * 13), 1e-5);
  // The same by place, where the table does not say how its columns are called.
  write_pandas("t.h5",
               {{0, {5, 3, 4, 0, 0, 0}, {0, 1}},
                {1, {0, 0, 0, 0, 0, 0}, {0, 0}},
                {2, {14, 0, -5, 12, 0, 0}, {0, 0}}},
               false);
  const auto unnamed = read("t.h5", {{"label", "values_block_1[1]"},
                                     {"constituents", Names{"values_block_0[0:4]"}},
                                     {"candidates", 2}});
  EXPECT_EQ(unnamed.values, data.values);
}

TEST_F(Hdf5Table, ReadsJetNetsSharesOfTheJet) {
  // etarel, phirel, ptrel, mask of three slots; pt, eta of the jet
  const Array particles{
      "particle_features", {1, 3, 4}, {0.1, -0.2, 0.25, 1, 0, 0, 0, 0, -0.05, 0.1, 0.75, 1}};
  const Array jets{"jet_features", {1, 2}, {800, 0.5}};
  write_arrays("t.hdf5", particles, jets);
  write_arrays("g.hdf5", particles, jets);
  const auto data = read("*.hdf5", {{"signal_files", Names{"t.hdf5"}},
                                    {"constituents", Names{"particle_features"}},
                                    {"components", Names{"etarel", "phirel", "ptrel", "mask"}},
                                    {"jet", Names{"jet_features.0", "jet_features.1"}},
                                    {"candidates", 4}});
  ASSERT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.at(0, "label"), 0.0F);
  EXPECT_EQ(data.at(1, "label"), 1.0F);
  EXPECT_NEAR(data.at(0, "constituent.0.pt"), 600, 1e-3);
  EXPECT_NEAR(data.at(0, "constituent.0.eta"), 0.45, 1e-6);
  EXPECT_NEAR(data.at(0, "constituent.1.phi"), -0.2, 1e-6);
  EXPECT_NEAR(data.at(0, "constituent.1.e"), 200 * std::cosh(0.6), 1e-3);
  EXPECT_EQ(data.at(0, "constituent.2.filled"), 0.0F);
  EXPECT_EQ(data.at(0, "jet.n_constituents"), 2.0F);
}

TEST_F(Hdf5Table, SizeOfPiecesChangesNoByte) {
  std::vector<Event> events;
  for (int i = 0; i < 20; ++i) {
    const float x = static_cast<float>(i % 5) - 2;  // every fifth jet is empty
    events.push_back({i, {3 * std::abs(x), x, 2 * x, -x, 1, 2}, {0, i % 2}});
  }
  write_pandas("t.h5", events);
  steppe::testing::expect_same_for_every_chunk(
      "hdf5_table", {{"path", std::vector{path("t.h5")}},
                     {"label", "is_signal_new"},
                     {"features", Names{"truth*"}},
                     {"constituents", Names{"E_*", "PX_*", "PY_*", "PZ_*"}},
                     {"candidates", 1}});
}

TEST_F(Hdf5Table, TakesRowsFromTheFront) {
  write_arrays("a.h5", numbers, labels);
  const auto data = read("a.h5", [] {
    auto some = plain;
    some.emplace("rows", 1);
    return some;
  }());
  EXPECT_EQ(data.rows(), 1U);
  EXPECT_EQ(data.files.at(0).expected, -1);
}

TEST_F(Hdf5Table, HandsOnNanAmongFeatures) {
  write_arrays("a.h5", Array{"obs", {1, 2}, {NAN, 1}}, Array{"label", {1}, {1}});
  EXPECT_TRUE(std::isnan(read("a.h5", plain).at(0, "obs.0")));
}

TEST_F(Hdf5Table, TellsWhatAFileHasInstead) {
  write_arrays("a.h5", numbers, labels);
  const auto told = [&](const char* setting, const steppe::testing::Given& value) {
    return refusal("a.h5", steppe::testing::with(plain, setting, value));
  };
  EXPECT_EQ(told("label", "signal"),
            "'FILE' has no column 'signal'; it has 'jets/label' of shape (2), 'jets/obs' of shape "
            "(2, 3)");
  EXPECT_EQ(told("label", "obs"), "'obs' means 3 columns of 'FILE', and should mean one");
  EXPECT_EQ(told("features", Names{"obs[1:9]"}),
            "'obs[1:9]' is out of range: 'FILE' has 3 such columns");
  EXPECT_EQ(told("features", Names{"obs[a]"}), "'obs[a]' ends with no range such as [0:4] or [3]");
  EXPECT_EQ(told("features", Names{"obs", "obs.1"}),
            "'obs.1' of 'FILE' would be a column twice; choose fewer 'features' or 'side' columns");
  EXPECT_EQ(
      told("constituents", Names{"obs"}),
      "'constituents': 'obs' means 3 columns of 'FILE', which are no jets of 4 'components' a "
      "slot");
}

TEST_F(Hdf5Table, TellsArraysThatDoNotGoTogether) {
  write_arrays("a.h5", numbers, Array{"label", {3}, {1, 0, 1}});
  EXPECT_EQ(refusal("a.h5", plain), "'FILE': 'label' has 3 rows, and 'jets/obs' has 2");
  write_arrays("a.h5", numbers, labels, Array{"label", {2}, {1, 0}});
  EXPECT_EQ(refusal("a.h5", plain),
            "'FILE' has 'jets/label' and 'label'; say which 'label' is meant");
}

TEST_F(Hdf5Table, TellsNumbersThatMakeNoJet) {
  for (const auto& [momentum, found] :
       {std::pair{std::vector<double>{5, 3, NAN, 0}, "pT nan, eta nan, phi nan, E 5.000000"},
        std::pair{std::vector<double>{5, 0, 0, 5},
                  "pT 0.000000, eta inf, phi 0.000000, E 5.000000"},
        std::pair{std::vector<double>{-5, 3, 4, 0},
                  "pT 5.000000, eta 0.000000, phi 0.927295, E -5.000000"}}) {
    write_arrays("a.h5", Array{"p", {1, 4}, momentum}, Array{"label", {1}, {1}});
    EXPECT_EQ(refusal("a.h5", {{"label", "label"}, {"constituents", Names{"p"}}}),
              "row 0 of 'FILE' has a constituent 0 that is none: " + std::string{found} +
                  ", pdgid 0.000000; see 'components'");
  }
}

TEST_F(Hdf5Table, TellsOtherClasses) {
  write_arrays("a.h5", numbers, Array{"label", {2}, {0, 0.5}});
  EXPECT_EQ(refusal("a.h5", plain),
            "row 1 of 'FILE' has the label 0.500000; with 2 classes it is one of 0 to 1");
}

TEST_F(Hdf5Table, TellsFilesThatAreNone) {
  write("text.h5", "pt eta phi");
  EXPECT_EQ(refusal("text.h5", plain), "'FILE' is no HDF5 file, or is cut short");
  write("empty.h5", "");
  EXPECT_EQ(refusal("empty.h5", plain), "'FILE' is no HDF5 file, or is cut short");
  write_arrays("cut.h5", numbers, labels);
  cut("cut.h5", 0.7);
  EXPECT_EQ(refusal("cut.h5", plain), "'FILE' is no HDF5 file, or is cut short");
  write_arrays("nothing.h5");
  EXPECT_EQ(refusal("nothing.h5", plain), "'FILE' has no column 'obs'; it has no array of numbers");
  write_arrays("no_rows.h5", Array{"obs", {0, 3}, {}}, Array{"label", {0}, {}});
  EXPECT_EQ(read("no_rows.h5", plain).rows(), 0U);
}

TEST_F(Hdf5Table, TellsFilesThatAreCutShortAnywhere) {
  write_arrays("a.h5", numbers, labels);
  steppe::testing::expect_every_beginning_is_told(
      bytes_of("a.h5"),
      [&](const std::string& bytes) {
        write("a.h5", bytes);
        read("a.h5", plain);
      },
      37);
}

TEST_F(Hdf5Table, TextsAreNoColumns) {
  const hid_t file = H5Fcreate(path("a.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t text = H5Tcopy(H5T_C_S1);
  H5Tset_size(text, 4);
  add_array(file, "obs", {2}, {}, text);
  add_array(file, "label", {2}, {0, 1});
  H5Tclose(text);
  H5Fclose(file);
  EXPECT_EQ(refusal("a.h5", plain), "'FILE' has no column 'obs'; it has 'label' of shape (2)");
}

TEST_F(Hdf5Table, NamesTheFilterThatIsMissing) {
  // A filter that only the writer of the file has.
  constexpr H5Z_filter_t number = 300;
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS,
                            number,
                            1,
                            1,
                            "squeeze",
                            nullptr,
                            nullptr,
                            [](unsigned, std::size_t, const unsigned*, std::size_t size,
                               std::size_t*, void**) { return size; }};
  H5Zregister(&filter);
  const hid_t file = H5Fcreate(path("a.h5").c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t rows = 2;
  const hid_t space = H5Screate_simple(1, &rows, nullptr), how = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(how, 1, &rows);
  H5Pset_filter(how, number, H5Z_FLAG_MANDATORY, 0, nullptr);
  const hid_t set = H5Dcreate2(file, "obs", H5T_IEEE_F32LE, space, H5P_DEFAULT, how, H5P_DEFAULT);
  const std::vector<float> values{1, 2};
  H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  add_array(file, "label", {2}, {0, 1});
  for (const auto close : {H5Dclose(set), H5Pclose(how), H5Sclose(space), H5Fclose(file)})
    EXPECT_GE(close, 0);
  EXPECT_EQ(read("a.h5", plain).rows(), 2U);
  H5Zunregister(number);
  EXPECT_EQ(refusal("a.h5", plain),
            "'obs' of 'FILE' is packed with the filter 'squeeze' (300), which HDF5 does not find "
            "here; on Debian see hdf5-filter-plugin-*");
}

TEST_F(Hdf5Table, TellsSettingsThatDoNotGoTogether) {
  write_arrays("a.h5", numbers, labels);
  const std::vector<std::pair<Settings, std::string>> table{
      {{{"features", Names{"obs"}}}, "either 'label' or 'signal_files' has to tell the class"},
      {{{"label", "label"}}, "'features' or 'constituents' has to name columns"},
      {{{"label", "label"}, {"constituents", Names{"obs"}}, {"components", Names{"px", "py"}}},
       "'components' needs 'px', 'py' and 'pz', or 'pt', 'eta' and 'phi', or 'ptrel', 'etarel' and "
       "'phirel'"},
      {{{"label", "label"}, {"constituents", Names{"a", "b"}}},
       "'constituents' has 2 selectors, and 'components' has 4; there is one for each, or one for "
       "all"},
      {{{"label", "label"},
        {"constituents", Names{"obs"}},
        {"components", Names{"ptrel", "etarel", "phirel"}}},
       "'jet' names pT, eta and maybe phi of the jet when 'components' are relative to it, and "
       "nothing otherwise"}};
  for (const auto& [settings, sentence] : table) EXPECT_EQ(refusal("a.h5", settings), sentence);
}

TEST(PickledNames, AreThoseOfAList) {
  EXPECT_EQ(steppe::names_in_pickle("(lp0\nVpt\np1\naS'eta'\np2\nag1\na."),
            (Names{"pt", "eta", "pt"}));
  for (const char* other : {"", "(lp0\nVpt\np1\na", "cnumpy\nscalar\n.", "I5\n.", "S\n."})
    EXPECT_TRUE(steppe::names_in_pickle(other).empty()) << other;
}

}  // namespace
