// Files of tensors: what is written comes back bit for bit, and what is broken is told.
#include "framework/data/tensor_file.hpp"

#include "framework/data/dataset.hpp"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace steppe::data {
namespace {

using ::testing::HasSubstr;

TensorFile example() {
  return {{{"format", "example/1"}, {"quoted", "a \"b\"\n\\c \xC3\xA9"}},
          {{"a", 2, 3, {1, -0.0F, 3, std::numeric_limits<float>::quiet_NaN(), 1e-42F, 6}},
           {"b", 1, 1, {7}},
           {"empty", 0, 5, {}}}};
}

class TensorFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::temp_directory_path() /
            ("tensor_file_test." + std::to_string(::getpid()) + ".safetensors");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const std::string& bytes) { std::ofstream{path_, std::ios::binary} << bytes; }
  std::string refusal(const std::string& bytes) {
    write(bytes);
    try {
      read_tensor_file(path_);
    } catch (const DataError& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
      return error.what();
    }
    return "";
  }
  /// A file of this header and as many zero bytes.
  std::string with_header(const std::string& header, std::size_t values = 0) {
    std::string out(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(out.data(), &length, 8);
    return out + header + std::string(values, '\0');
  }

  std::filesystem::path path_;
};

TEST_F(TensorFileTest, ComesBackBitForBit) {
  const auto file = example();
  write(to_bytes(file));
  const auto back = read_tensor_file(path_);
  EXPECT_EQ(back.texts, file.texts);
  ASSERT_EQ(back.matrices.size(), file.matrices.size());
  for (std::size_t i = 0; i < file.matrices.size(); ++i) {
    const auto &a = file.matrices[i], &b = back.matrices[i];
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.columns, b.columns);
    ASSERT_EQ(a.values.size(), b.values.size());
    EXPECT_TRUE(a.values.empty() || std::memcmp(a.values.data(), b.values.data(),
                                                a.values.size() * sizeof(float)) == 0);
  }
}

TEST_F(TensorFileTest, ValuesStartAtAMultipleOf64Bytes) {
  const auto bytes = to_bytes(example());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ((8 + length) % 64, 0U);
  EXPECT_EQ(bytes.size(), 8 + length + 7 * sizeof(float));
}

TEST_F(TensorFileTest, CutShortAnywhereItIsRefused) {
  const auto bytes = to_bytes(example());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_NE(refusal(bytes.substr(0, length)), "") << "of " << length << " bytes";
}

TEST_F(TensorFileTest, SaysWhatItFoundInstead) {
  EXPECT_THAT(refusal(""), HasSubstr("too short"));
  EXPECT_THAT(refusal("this is a text and no file of weights"), HasSubstr("cut short, or no file"));
  EXPECT_THAT(refusal(with_header("[1, 2]")), HasSubstr("no JSON header"));
  EXPECT_THAT(refusal(with_header(R"({"a": {"dtype": "BF16", "shape": [1, 1],
                                      "data_offsets": [0, 2]}})",
                                  2)),
              HasSubstr("'a' holds BF16 and not F32"));
  EXPECT_THAT(refusal(with_header(R"({"a": {"dtype": "F32", "shape": [2, 2],
                                      "data_offsets": [0, 12]}})",
                                  12)),
              HasSubstr("'a' is 2 x 2 and has 12 bytes"));
  EXPECT_THAT(refusal(with_header(R"({"a": {"dtype": "F32", "shape": [4294967296, 4294967296],
                                      "data_offsets": [0, 0]}})")),
              HasSubstr("has 0 bytes"));
  EXPECT_THAT(refusal(with_header(R"({"a": 5})")), HasSubstr("the entry 'a' of its header"));
  EXPECT_THAT(refusal(with_header(R"({"__metadata__": {"format": 1}})")),
              HasSubstr("the entry '__metadata__' of its header holds something that is no text"));
}

TEST_F(TensorFileTest, AFileThatIsNotThereIsNamed) {
  EXPECT_THROW(read_tensor_file(path_), DataError);
}

}  // namespace
}  // namespace steppe::data
