// The reader of IDX images, on files written here.
#include "gzip.hpp"
#include "made_files.hpp"

namespace {

using steppe::testing::bytes_of_numbers;
using steppe::testing::Collected;
using steppe::testing::read_with;
using steppe::testing::sentence_of;
using steppe::testing::Settings;

/// A file's bytes: type code, sizes of the axes, then the packed numbers.
std::string idx(char type, const std::vector<double>& sizes, const std::string& numbers) {
  return std::string{'\0', '\0', type, static_cast<char>(sizes.size())} +
         bytes_of_numbers<std::int32_t>(sizes, true) + numbers;
}

std::string bytes(const std::vector<double>& numbers) {
  return bytes_of_numbers<std::uint8_t>(numbers);
}

// Four images of 2 x 3 pixels: pixel p of image i is 10 i + p.
std::string four_images() {
  std::vector<double> pixels;
  for (int i = 0; i < 4; ++i)
    for (int p = 0; p < 6; ++p) pixels.push_back(10 * i + p);
  return idx(0x08, {4, 2, 3}, bytes(pixels));
}
std::string four_labels() { return idx(0x08, {4}, bytes({7, 0, 7, 3})); }

class Idx : public steppe::testing::MadeFiles {
 protected:
  Settings of(const std::string& images, const std::string& labels, Settings more = {}) const {
    more.emplace("images", write("images", images));
    more.emplace("labels", write("labels", labels));
    return more;
  }
  Collected read(const std::string& images, const std::string& labels,
                 const Settings& more = {}) const {
    return read_with("idx", of(images, labels, more));
  }
  std::string refusal(const std::string& images, const std::string& labels) const {
    auto out = sentence_of([&] { read(images, labels); });
    for (const std::string name : {"images", "labels"})
      if (const auto at = out.find(path(name)); at != std::string::npos)
        out.replace(at, path(name).size(), name);
    for (const auto at = out.find(path("images")); at != std::string::npos;)
      return out.replace(at, path("images").size(), "images");
    return out;
  }
};

TEST_F(Idx, PixelsAreFeaturesBetweenZeroAndOne) {
  const auto data = read(four_images(), four_labels());
  ASSERT_EQ(data.rows(), 4U);
  ASSERT_EQ(data.columns.size(), 7U);
  EXPECT_EQ(data.columns.items[5].name, "pixel.1.2");
  EXPECT_EQ(data.columns.items[5].slot, 5);
  EXPECT_EQ(data.columns.items[6].classes, 10);
  EXPECT_EQ(data.at(3, "pixel.1.2"), 35.0F / 255);
  EXPECT_EQ(data.at(2, "label"), 7.0F);
  EXPECT_EQ(data.files.at(0).rows, 4U);
}

TEST_F(Idx, KeptClassesAreNumberedAnew) {
  steppe::testing::StageUnderTest reader{
      "idx", of(four_images(), four_labels(), {{"classes", std::vector{3, 7}}, {"scale", 1.0}})};
  const auto data = steppe::testing::read(reader);
  ASSERT_EQ(data.rows(), 3U);
  EXPECT_EQ(data.columns.items.back().classes, 2);
  EXPECT_EQ(data.at(0, "label"), 1.0F);
  EXPECT_EQ(data.at(2, "label"), 0.0F);
  EXPECT_EQ(data.at(1, "pixel.0.0"), 20.0F);
  const auto all = read(four_images(), four_labels());
  EXPECT_EQ(data.event_ids[1], all.event_ids[2]);
  ASSERT_EQ(reader.host().logged.size(), 1U);
  EXPECT_EQ(reader.host().logged[0].second,
            "1 images have other labels than 'classes' and were left out");
}

TEST_F(Idx, PackedFilesGiveTheSame) {
  const auto plain = read(four_images(), four_labels());
  steppe::testing::write_gzip(path("images.gz"), four_images());
  steppe::testing::write_gzip(path("labels.gz"), four_labels());
  const auto packed =
      read_with("idx", {{"images", path("images.gz")}, {"labels", path("labels.gz")}});
  EXPECT_EQ(packed.values, plain.values);
  EXPECT_EQ(packed.event_ids, plain.event_ids);
}

TEST_F(Idx, ReadsEveryTypeOfNumber) {
  const auto wide = [](char type, const std::string& numbers) {
    return idx(type, {1, 1, 2}, numbers);
  };
  const std::vector<double> values{-3, 100};
  for (const auto& images : {wide(0x09, bytes_of_numbers<std::int8_t>(values)),
                             wide(0x0B, bytes_of_numbers<std::int16_t>(values, true)),
                             wide(0x0C, bytes_of_numbers<std::int32_t>(values, true)),
                             wide(0x0D, bytes_of_numbers<float>(values, true)),
                             wide(0x0E, bytes_of_numbers<double>(values, true))}) {
    const auto data = read(images, idx(0x08, {1}, bytes({1})), {{"scale", 1.0}});
    EXPECT_EQ(data.values, (std::vector<float>{-3, 100, 1}));
  }
}

TEST_F(Idx, SizeOfPiecesChangesNoByte) {
  steppe::testing::expect_same_for_every_chunk("idx", of(four_images(), four_labels()));
}

TEST_F(Idx, TakesRowsFromTheFront) {
  const auto data = read(four_images(), four_labels(), {{"rows", 2}});
  EXPECT_EQ(data.rows(), 2U);
  EXPECT_EQ(data.files.at(0).expected, -1);
}

struct BadImages {
  const char* name;
  std::string images, labels, sentence;
};

class BadIdx : public Idx, public ::testing::WithParamInterface<BadImages> {};

TEST_P(BadIdx, IsTold) {
  EXPECT_EQ(refusal(GetParam().images, GetParam().labels), GetParam().sentence);
}

INSTANTIATE_TEST_SUITE_P(
    Files, BadIdx,
    ::testing::Values(
        BadImages{"Empty", "", four_labels(), "'images' is empty"},
        BadImages{
            "Text", "pt,eta,phi", four_labels(),
            "'images' is no IDX file: it does not begin with two zeros, a type and the number "
            "of axes"},
        BadImages{"HeaderCut", four_images().substr(0, 10), four_labels(),
                  "'images' is cut short: it ends in its header"},
        BadImages{"PixelsCut", four_images().substr(0, 16 + 15), four_labels(),
                  "'images' is cut short: it ends in row 2 of 4"},
        BadImages{"PixelsTooMany", four_images() + "x", four_labels(),
                  "'images' goes on after the 4 rows that it says it has"},
        BadImages{"LabelsCut", four_images(), four_labels().substr(0, 11),
                  "'labels' is cut short: it ends in row 3 of 4"},
        BadImages{"LabelsForImages", four_labels(), four_labels(),
                  "'images' has shape (4) instead of (images, rows, columns)"},
        BadImages{"OtherNumber", four_images(), idx(0x08, {3}, bytes({1, 2, 3})),
                  "'labels' has shape (3) instead of one label for each of the 4 images of "
                  "'images'"},
        BadImages{"NoPixels", idx(0x08, {4, 0, 3}, ""), four_labels(),
                  "'images' has shape (4, 0, 3), which makes no rows"},
        BadImages{"Huge", idx(0x08, {4, 2147483647, 2147483647}, ""), four_labels(),
                  "'images' has shape (4, 2147483647, 2147483647), which makes no rows"},
        BadImages{"UnknownType", idx(0x07, {4, 2, 3}, ""), four_labels(),
                  "'images' holds numbers of type 7, which IDX does not know"}),
    [](const auto& one) { return one.param.name; });

TEST_F(Idx, TellsFilesThatAreCutShortAnywhere) {
  steppe::testing::expect_every_beginning_is_told(
      four_images(), [&](const std::string& bytes) { read(bytes, four_labels()); });
  steppe::testing::expect_every_beginning_is_told(
      four_labels(), [&](const std::string& bytes) { read(four_images(), bytes); });
  steppe::testing::write_gzip(path("whole.gz"), four_images());
  const Settings packed{{"images", path("cut.gz")}, {"labels", write("labels", four_labels())}};
  steppe::testing::expect_every_beginning_is_told(bytes_of("whole.gz"),
                                                  [&](const std::string& bytes) {
                                                    write("cut.gz", bytes);
                                                    read_with("idx", packed);
                                                  });
}

TEST_F(Idx, RefusesClassesThatMakeNoProblem) {
  for (const auto& [classes, sentence] :
       {std::pair{std::vector{3}, "'classes' needs two labels at least, such as [0, 1]"},
        std::pair{std::vector{3, 3}, "'classes' has 3 twice"}})
    EXPECT_EQ(sentence_of([&, given = classes] {
                read(four_images(), four_labels(), {{"classes", given}});
              }),
              sentence);
}

}  // namespace
