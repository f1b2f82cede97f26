// Objects: what is written comes back bit for bit, and whatever is not what was written is refused.
#include "framework/data/dataset.hpp"

#include <cstring>
#include <numeric>

#include "store_fixture.hpp"
#include <gmock/gmock.h>

namespace steppe::store {
namespace {

using ::testing::ElementsAre;
using testing::example;
using ::testing::HasSubstr;
using testing::numbered;
using testing::refusal;

class ObjectTest : public testing::Folder {
 protected:
  Object open() { return {path_, key_}; }
  std::string refused(const std::string& bytes) {
    testing::write(path_, bytes);
    return refusal([&] { open(); });
  }

  const Key key_ = numbered(1);
  const std::filesystem::path path_ = folder_ / "object";
};

TEST_F(ObjectTest, ComesBackBitForBit) {
  testing::write(path_, to_bytes(example(), key_));
  const auto back = open();
  EXPECT_EQ(back.kind(), "example");
  EXPECT_EQ(back.text("name"), example().texts["name"]);
  EXPECT_THAT(back.floats("floats"), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(back.shape("floats"), ElementsAre(5, 1));
  EXPECT_THAT(back.doubles("doubles"), ElementsAre(0.1, 0));
  EXPECT_TRUE(std::signbit(back.doubles("doubles")[1]));
  EXPECT_THAT(back.integers("integers"), ElementsAre(-7, 1));
  EXPECT_THAT(back.counts("counts"), ElementsAre(~std::uint64_t{0}));
  EXPECT_THAT(back.bytes("bytes"), ElementsAre(std::byte{7}, std::byte{0}, std::byte{255}));
  EXPECT_TRUE(back.floats("empty").empty());
}

TEST_F(ObjectTest, EveryFlippedBitOfEveryByteIsFound) {
  const auto bytes = to_bytes(example(), key_);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << i % 8));
    ASSERT_NE(refused(flipped), "") << "byte " << i << " of " << bytes.size();
  }
}

TEST_F(ObjectTest, CutShortAtAnySeventhByteItIsFound) {
  const auto bytes = to_bytes(example(), key_);
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    ASSERT_NE(refused(bytes.substr(0, length)), "") << "of " << length << " bytes";
  EXPECT_NE(refused(bytes + "x"), "");
}

TEST_F(ObjectTest, UnderAnotherKeyItIsRefused) {
  EXPECT_THAT(refused(to_bytes(example(), numbered(2))), HasSubstr("it is the object"));
}

TEST_F(ObjectTest, ColumnsThatAreNotThereAreNamed) {
  testing::write(path_, to_bytes(example(), key_));
  const auto object = open();
  EXPECT_THAT(refusal([&] { object.floats("weights"); }), HasSubstr("no column 'weights'"));
  EXPECT_THAT(refusal([&] { object.floats("doubles"); }), HasSubstr("holds F64 and not F32"));
  EXPECT_THAT(refusal([&] { object.text("domain"); }), HasSubstr("says nothing of 'domain'"));
}

TEST_F(ObjectTest, StaysReadableWhenItsFileIsRemoved) {
  testing::write(path_, to_bytes(example(100'000), key_));
  const auto object = open();
  std::filesystem::remove(path_);
  const auto values = object.floats("floats");
  EXPECT_EQ(std::accumulate(values.begin(), values.end(), 0.0), 100'000 * 100'001.0 / 2);
}

}  // namespace
}  // namespace steppe::store
