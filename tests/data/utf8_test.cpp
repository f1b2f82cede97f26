// What is a character of UTF-8, and what only looks like one.
#include "framework/data/utf8.hpp"

#include <gtest/gtest.h>

namespace steppe::data {
namespace {

TEST(Utf8, HasCharactersOfOneToFourBytes) {
  EXPECT_EQ(first_character("A").code, 0x41U);
  EXPECT_EQ(first_character("é").code, 0xE9U);
  EXPECT_EQ(first_character("漢").code, 0x6F22U);
  EXPECT_EQ(first_character("🚀x").code, 0x1F680U);
  EXPECT_EQ(first_character("🚀x").bytes.size(), 4U);
}

TEST(Utf8, ABrokenByteIsACharacterOfItsOwn) {
  const auto broken = first_character("\xFFz");
  EXPECT_TRUE(broken.broken);
  EXPECT_EQ(broken.bytes, "\xFF");
  EXPECT_EQ(broken.code, 0xFFU);
}

TEST(Utf8, RefusesOverlongFormsSurrogatesAndWhatIsBeyondUnicode) {
  for (const auto* text : {"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xED\xA0\x80",
                           "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80", "\xE2\x82", "a\xC3"})
    EXPECT_FALSE(is_utf8(text));
  for (const auto* text : {"", "plain", "é漢🚀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(text));
}

}  // namespace
}  // namespace steppe::data
