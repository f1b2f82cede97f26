// The reader of NumPy's files, on arrays and archives written here.
#include <cmath>
#include <set>

#include "made_files.hpp"
#include <zip.h>

namespace {

using steppe::testing::bytes_of_numbers;
using steppe::testing::Collected;
using steppe::testing::read_with;
using steppe::testing::sentence_of;
using steppe::testing::Settings;

std::string npy_header(const std::string& dictionary, int version = 1) {
  std::string header = dictionary + "\n";
  std::string size{static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  if (version > 1) size += std::string(2, '\0');
  return "\x93NUMPY" + std::string{static_cast<char>(version), '\0'} + size + header;
}

std::string npy(const std::string& type, const std::string& shape, const std::string& numbers,
                const std::string& fortran = "False", int version = 1) {
  return npy_header("{'descr': '" + type + "', 'fortran_order': " + fortran +
                        ", 'shape': " + shape + ", }",
                    version) +
         numbers;
}

std::string doubles(const std::vector<double>& numbers) {
  return bytes_of_numbers<double>(numbers);
}

// Two jets of at most three constituents: pT, rapidity, phi, PDG id; not sorted.
std::string two_jets() {
  return npy("<f8", "(2, 3, 4)", doubles({10, 0.5, 1, 22,   30, 0.25, 1.5, -211, 0, 0, 0, 0,  //
                                          5,  -1,  3, 2212, 0,  0,    0,   0,    0, 0, 0, 0}));
}
std::string two_labels() { return npy("<f8", "(2,)", doubles({1, 0})); }

class Npz : public steppe::testing::MadeFiles {
 protected:
  using Members = std::vector<std::pair<std::string, std::string>>;

  std::string write_archive(const std::string& name, const Members& members,
                            int packing = ZIP_CM_DEFLATE) const {
    int code = 0;
    zip_t* zip = zip_open(path(name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    for (const auto& [member, bytes] : members) {
      const auto index = zip_file_add(zip, member.c_str(),
                                      zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
      zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), packing, 0);
    }
    zip_close(zip);
    return path(name);
  }

  Settings of(const std::string& x, const std::string& y, Settings more = {},
              int packing = ZIP_CM_DEFLATE) const {
    more.emplace("path",
                 std::vector{write_archive("jets.npz", {{"X.npy", x}, {"y.npy", y}}, packing)});
    more.emplace("candidates", 3);
    return more;
  }
  Collected read(const std::string& x, const std::string& y, const Settings& more = {}) const {
    return read_with("npz", of(x, y, more));
  }
  /// What is wrong with an archive, without its path.
  std::string refusal(const std::string& x, const std::string& y, const Settings& more = {}) const {
    auto out = sentence_of([&] { read(x, y, more); });
    for (const auto file = path("jets.npz"); out.find(file) != std::string::npos;)
      out.replace(out.find(file), file.size(), "FILE");
    return out;
  }
};

TEST_F(Npz, JetsAreSortedSlotsOfRawColumns) {
  const auto data = read(two_jets(), two_labels());
  ASSERT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.columns.domain, "pythia");
  EXPECT_EQ(data.at(0, "constituent.0.pt"), 30.0F);
  EXPECT_EQ(data.at(0, "constituent.1.pt"), 10.0F);
  EXPECT_EQ(data.at(0, "constituent.0.pdgid"), -211.0F);
  EXPECT_EQ(data.at(0, "constituent.0.charge"), -1.0F);
  EXPECT_EQ(data.at(0, "constituent.1.charge"), 0.0F);
  EXPECT_EQ(data.at(0, "constituent.0.phi"), 1.5F);
  EXPECT_EQ(data.at(0, "constituent.1.filled"), 1.0F);
  EXPECT_EQ(data.at(0, "constituent.2.filled"), 0.0F);
  EXPECT_EQ(data.at(0, "constituent.2.pt"), 0.0F);
  EXPECT_EQ(data.at(0, "jet.n_constituents"), 2.0F);
  EXPECT_EQ(data.at(0, "label"), 1.0F);
  EXPECT_EQ(data.at(1, "label"), 0.0F);
}

TEST_F(Npz, EnergiesFollowFromRapidityAndMass) {
  const auto data = read(two_jets(), two_labels());
  const double mass = 0.938272, mt = std::hypot(5, mass);
  const double e = mt * std::cosh(-1), pz = mt * std::sinh(-1);
  EXPECT_NEAR(data.at(1, "constituent.0.e"), e, 1e-6);
  EXPECT_NEAR(data.at(1, "constituent.0.eta"), std::asinh(pz / 5), 1e-6);
  // A jet of one constituent is this constituent.
  EXPECT_NEAR(data.at(1, "jet.mass"), mass, 1e-4);
  EXPECT_NEAR(data.at(1, "jet.pt"), 5, 1e-5);
  EXPECT_NEAR(data.at(1, "jet.energy"), e, 1e-6);
  EXPECT_NEAR(data.at(1, "constituent.0.relpt"), 1, 1e-6);
  EXPECT_NEAR(data.at(1, "constituent.0.rele"), 1, 1e-6);
  EXPECT_NEAR(data.at(1, "constituent.0.dr"), 0, 1e-6);
}

TEST_F(Npz, TwoMasslessConstituentsMakeTheMassOfTheirAngle) {
  const auto data =
      read(npy("<f8", "(1, 2, 4)", doubles({20, 0.5, -3, 22, 10, 0.1, 3.2, 22})),
           npy("<f8", "(1,)", doubles({1})), {{"angle", std::string{"pseudorapidity"}}});
  // m^2 = 2 pT1 pT2 (cosh(eta1 - eta2) - cos(phi1 - phi2))
  EXPECT_NEAR(data.at(0, "jet.mass"), std::sqrt(2 * 20 * 10 * (std::cosh(0.4) - std::cos(6.2))),
              1e-4);
  EXPECT_EQ(data.at(0, "constituent.0.eta"), 0.5F);
  EXPECT_NEAR(data.at(0, "constituent.1.phi"), 3.2 - 2 * M_PI, 1e-6);
  EXPECT_LT(data.at(0, "constituent.1.dr"), 0.6F);  // across the seam of phi
}

TEST_F(Npz, FilesMayDifferInTheirNumberOfConstituents) {
  write_archive("a.npz", {{"X.npy", two_jets()}, {"y.npy", two_labels()}});
  write_archive("b.npz", {{"X.npy", npy("<f8", "(1, 1, 4)", doubles({7, 0, 0, 22}))},
                          {"y.npy", npy("<f8", "(1,)", doubles({0}))}});
  const auto data = read_with("npz", {{"path", std::vector{path("*.npz")}}, {"candidates", 2}});
  ASSERT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.at(2, "constituent.0.pt"), 7.0F);
  EXPECT_EQ(data.at(2, "constituent.1.filled"), 0.0F);
  EXPECT_EQ(std::set(data.event_ids.begin(), data.event_ids.end()).size(), 3U);
}

TEST_F(Npz, TheNameOfAFileTellsItsDomain) {
  const Npz::Members members{{"X.npy", two_jets()}, {"y.npy", two_labels()}};
  write_archive("HERWIG_0.npz", members);
  write_archive("pythia_0.npz", members);
  const auto read_files = [&](const std::string& pattern, Settings more = {}) {
    more.emplace("path", std::vector{path(pattern)});
    return read_with("npz", more);
  };
  EXPECT_EQ(read_files("HER*").columns.domain, "herwig");
  EXPECT_EQ(read_files("pyth*").columns.domain, "pythia");
  EXPECT_EQ(read_files("*", {{"domain", std::string{"both"}}}).columns.domain, "both");
  EXPECT_NE(read_files("HER*").event_ids, read_files("pyth*").event_ids);
  EXPECT_EQ(
      sentence_of([&] { read_files("*"); }),
      "'path' has 1 files of Herwig by their names and 1 others; read them apart, or say what "
      "they are with 'domain'");
}

TEST_F(Npz, PlainFeaturesKeepTheirOrderAndNames) {
  const auto x = npy("<f4", "(2, 2)", bytes_of_numbers<float>({1, 2, NAN, 4}));
  const auto y = npy("|u1", "(2,)", bytes_of_numbers<std::uint8_t>({2, 0}));
  const auto data = read(x, y, {{"classes", 3}});
  ASSERT_EQ(data.columns.size(), 3U);
  EXPECT_EQ(data.at(0, "f1"), 2.0F);
  EXPECT_TRUE(std::isnan(data.at(1, "f0")));
  EXPECT_EQ(data.at(0, "label"), 2.0F);
  EXPECT_EQ(data.columns.items[2].classes, 3);
  const auto named =
      read(x, y, {{"classes", 3}, {"columns", std::vector<std::string>{"met", "ht"}}});
  EXPECT_EQ(named.at(1, "ht"), 4.0F);
}

TEST_F(Npz, ReadsEveryTypeInEitherOrder) {
  const std::vector<double> values{1, 100};
  const auto expect = [&](const std::string& type, const std::string& numbers, int version = 1) {
    const auto data =
        read(npy(type, "(1, 2)", numbers, "False", version), npy("|b1", "(1,)", std::string{'\1'}));
    EXPECT_EQ(data.values, (std::vector<float>{1, 100, 1})) << type;
  };
  expect("<f4", bytes_of_numbers<float>(values));
  expect("<f8", bytes_of_numbers<double>(values), 2);
  expect("<i2", bytes_of_numbers<std::int16_t>(values), 3);
  expect("<i4", bytes_of_numbers<std::int32_t>(values));
  expect("<i8", bytes_of_numbers<std::int64_t>(values));
  expect("|u1", bytes_of_numbers<std::uint8_t>(values));
  expect(">f8", bytes_of_numbers<double>(values, true));
  expect(">i4", bytes_of_numbers<std::int32_t>(values, true));
}

TEST_F(Npz, StoredDeflatedAndPlainFilesGiveTheSame) {
  const auto deflated = read_with("npz", of(two_jets(), two_labels()));
  const auto stored = read_with("npz", of(two_jets(), two_labels(), {}, ZIP_CM_STORE));
  write("jets.npy", two_jets());
  write("labels.npy", two_labels());
  const auto plain = read_with("npz", {{"path", std::vector{path("jets.npy")}},
                                       {"labels", std::vector{path("labels.npy")}},
                                       {"candidates", 3}});
  EXPECT_EQ(stored.values, deflated.values);
  EXPECT_EQ(plain.values, deflated.values);
  EXPECT_EQ(plain.event_ids, deflated.event_ids);
}

TEST_F(Npz, SizeOfPiecesChangesNoByte) {
  steppe::testing::expect_same_for_every_chunk("npz", of(two_jets(), two_labels()));
}

TEST_F(Npz, LeavesOutAndCountsJetsWithoutConstituents) {
  steppe::testing::StageUnderTest reader{
      "npz", of(npy("<f8", "(2, 1, 4)", doubles({0, 0, 0, 0, 5, 0, 0, 22})), two_labels())};
  const auto data = steppe::testing::read(reader);
  EXPECT_EQ(data.rows(), 1U);
  EXPECT_EQ(data.files.at(0).rows, 2U);
  ASSERT_EQ(reader.host().logged.size(), 1U);
  EXPECT_EQ(reader.host().logged[0].second, "1 jets have no constituent and were left out");
}

struct BadArrays {
  const char* name;
  std::string x, y, sentence;
};

class BadNpz : public Npz, public ::testing::WithParamInterface<BadArrays> {};

TEST_P(BadNpz, IsTold) { EXPECT_EQ(refusal(GetParam().x, GetParam().y), GetParam().sentence); }

INSTANTIATE_TEST_SUITE_P(
    Arrays, BadNpz,
    ::testing::Values(
        BadArrays{"Empty", "", two_labels(), "'X' of 'FILE' is empty"},
        BadArrays{"Text", "pt,eta,phi,pdgid", two_labels(), "'X' of 'FILE' is no NumPy array"},
        BadArrays{"HeaderCut", two_jets().substr(0, 30), two_labels(),
                  "'X' of 'FILE' is cut short: it ends in its header"},
        BadArrays{"NumbersCut", two_jets().substr(0, two_jets().size() - 1), two_labels(),
                  "'X' of 'FILE' is cut short: it ends in row 1 of 2"},
        BadArrays{"NumbersTooMany", two_jets() + "x", two_labels(),
                  "'X' of 'FILE' goes on after the 2 rows that it says it has"},
        BadArrays{"Fortran", npy("<f8", "(2, 1)", doubles({1, 2}), "True"), two_labels(),
                  "'X' of 'FILE' is in Fortran order, which scatters its rows; save it again after "
                  "numpy.ascontiguousarray"},
        BadArrays{"Complex", npy("<c8", "(2, 1)", doubles({1, 2})), two_labels(),
                  "'X' of 'FILE' holds numbers of type '<c8'; whole numbers of 1 to 8 bytes and "
                  "floats of 4 and 8 are read"},
        BadArrays{"Records",
                  npy_header("{'descr': [('pt', '<f8')], 'fortran_order': False, 'shape': (2,), }"),
                  two_labels(), "'X' of 'FILE' holds records, not plain numbers"},
        BadArrays{"NoType", npy_header("{'fortran_order': False, 'shape': (2,), }"), two_labels(),
                  "'X' of 'FILE' has no 'descr' in its header"},
        BadArrays{"ThreeNumbers", npy("<f8", "(2, 1, 3)", doubles({1, 2, 3, 4, 5, 6})),
                  two_labels(),
                  "'X' of 'FILE' has shape (2, 1, 3) instead of (jets, constituents, 4) or (rows, "
                  "features)"},
        BadArrays{"OneAxis", two_labels(), two_labels(),
                  "'X' of 'FILE' has shape (2,) instead of (jets, constituents, 4) or (rows, "
                  "features)"},
        BadArrays{"Scalar", npy("<f8", "()", doubles({1})), two_labels(),
                  "'X' of 'FILE' is a single number, not an array"},
        BadArrays{"Huge", npy("<f8", "(2, 99999999999, 4)", ""), two_labels(),
                  "'X' of 'FILE' has shape (2, 99999999999, 4), which makes no rows"},
        BadArrays{"FewLabels", two_jets(), npy("<f8", "(1,)", doubles({1})),
                  "'y' of 'FILE' has shape (1,) instead of one class for each of the 2 rows of 'X' "
                  "of 'FILE'"},
        BadArrays{"OtherClass", two_jets(), npy("<f8", "(2,)", doubles({0, 5})),
                  "row 1 of 'y' of 'FILE' has the label 5.000000; with 2 classes it is one of 0 to "
                  "1"},
        BadArrays{
            "Nan", npy("<f8", "(2, 1, 4)", doubles({5, 0, 0, 22, NAN, 0, 0, 22})), two_labels(),
            "row 1 of 'X' of 'FILE' has the constituent (nan, 0.000000, 0.000000, 22.000000), "
            "which is no pT [GeV], (pseudo)rapidity, phi and PDG id"},
        BadArrays{"Negative", npy("<f8", "(2, 1, 4)", doubles({-5, 0, 0, 22, 1, 0, 0, 22})),
                  two_labels(),
                  "row 0 of 'X' of 'FILE' has the constituent (-5.000000, 0.000000, 0.000000, "
                  "22.000000), which is no pT [GeV], (pseudo)rapidity, phi and PDG id"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Npz, TellsArchivesThatAreNone) {
  const auto told = [&](const std::string& file) {
    return sentence_of([&] { read_with("npz", {{"path", std::vector{file}}}); });
  };
  EXPECT_EQ(told(write("empty.npz", "")), "'" + path("empty.npz") + "' is empty");
  EXPECT_EQ(told(write("text.npz", "not a zip archive")),
            "'" + path("text.npz") + "' is no .npz file (a zip archive), or is cut short");
  of(two_jets(), two_labels());
  cut("jets.npz", 0.6);
  EXPECT_EQ(told(path("jets.npz")),
            "'" + path("jets.npz") + "' is no .npz file (a zip archive), or is cut short");
  EXPECT_EQ(told(write_archive("other.npz", {{"a.npy", two_jets()}, {"b.npy", two_jets()}})),
            "'" + path("other.npz") + "' has no array 'X'; it has 'a.npy', 'b.npy'");
}

TEST_F(Npz, TellsFilesThatAreCutShortAnywhere) {
  steppe::testing::expect_every_beginning_is_told(
      two_jets(), [&](const std::string& bytes) { read(bytes, two_labels()); }, 11);
  for (const int packing : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const auto settings = of(two_jets(), two_labels(), {}, packing);
    steppe::testing::expect_every_beginning_is_told(
        bytes_of("jets.npz"),
        [&](const std::string& bytes) {
          write("jets.npz", bytes);
          read_with("npz", settings);
        },
        3);
  }
}

TEST_F(Npz, TellsADamagedArchive) {
  const auto settings = of(two_jets(), two_labels(), {}, ZIP_CM_STORE);
  auto bytes = bytes_of("jets.npz");
  bytes[bytes.find("NUMPY") + 150] ^= 1;  // a bit of a number: only the check sum can tell
  write("jets.npz", bytes);
  EXPECT_EQ(sentence_of([&] { read_with("npz", settings); }),
            "'X' of '" + path("jets.npz") + "' cannot be unpacked (CRC error)");
}

TEST_F(Npz, PlainFilesNeedTheirLabels) {
  write("jets.npy", two_jets());
  EXPECT_EQ(sentence_of([&] {
              read_with("npz", {{"path", std::vector{path("jets.npy")}}});
            }),
            "'labels' has 0 files, and 'path' has 1; each .npy file of events needs one of labels");
}

TEST_F(Npz, ReadsOneRow) {
  EXPECT_EQ(read(npy("<f8", "(1, 1)", doubles({3})), npy("<f8", "(1,)", doubles({1}))).rows(), 1U);
}

}  // namespace
