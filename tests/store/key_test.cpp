// Keys depend on every field, its type and its name, and on nothing else.
#include "framework/store/key.hpp"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace steppe::store {
namespace {

template <class Fill>
Key made(const Fill& fill) {
  KeyMaker maker{"test"};
  fill(maker);
  return maker.key();
}

TEST(Key, OfNoBytesIsThePublishedValueOfXxh3) {
  // XXH3_128bits of the empty input with seed 0, as xxHash documents it.
  EXPECT_EQ(key_of("").hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Key, IsReadBackFromItsDigits) {
  const auto key = key_of("abc");
  EXPECT_EQ(parse_key(key.hex()), key);
  EXPECT_EQ(parse_key(""), std::nullopt);
  EXPECT_EQ(parse_key(key.hex() + "0"), std::nullopt);
  EXPECT_EQ(parse_key(std::string(32, 'g')), std::nullopt);
  EXPECT_EQ(parse_key("+" + key.hex().substr(1)), std::nullopt);
}

TEST(KeyMaker, TellsFieldsOfOtherTypesNamesAndBordersApart) {
  KeyMaker one{"part"};
  one.text("a", "1");
  const std::vector<Key> keys{
      made([](KeyMaker&) {}),
      KeyMaker{"other"}.key(),
      made([](KeyMaker& m) { m.text("a", "1"); }),
      made([](KeyMaker& m) { m.text("a1", ""); }),
      made([](KeyMaker& m) { m.text("", "a1"); }),
      made([](KeyMaker& m) { m.integer("a", 1); }),
      made([](KeyMaker& m) { m.count("a", 1); }),
      made([](KeyMaker& m) { m.real("a", 1); }),
      made([](KeyMaker& m) { m.flag("a", true); }),
      made([](KeyMaker& m) { m.text("a", "1"), m.text("b", "2"); }),
      made([](KeyMaker& m) { m.text("b", "2"), m.text("a", "1"); }),
      made([&](KeyMaker& m) { m.part("p", one); }),
      made([&](KeyMaker& m) { m.key("p", one.key()); }),
  };
  EXPECT_EQ(std::set<Key>(keys.begin(), keys.end()).size(), keys.size());
}

TEST(KeyMaker, ThePartsOfAKeyAreListedBehindTheirName) {
  KeyMaker part{"part"}, whole{"whole"};
  part.real("epsilon", 0.1);
  whole.part("attack", part);
  EXPECT_THAT(whole.fields(),
              ::testing::ElementsAre(Field{"kind", "whole"}, Field{"attack.epsilon", "0.1"}));
}

}  // namespace
}  // namespace steppe::store
