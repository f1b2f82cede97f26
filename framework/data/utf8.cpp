#include "framework/data/utf8.hpp"

#include <cstddef>

namespace steppe::data {

namespace {

/// How many bytes a character of UTF-8 has that begins with this one; 0: none does.
std::size_t length_by(std::uint8_t first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

}  // namespace

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const Character broken{text.substr(0, 1), byte(0), true};
  const auto length = length_by(byte(0));
  if (length == 0 || text.size() < length) return broken;
  std::uint32_t code = length == 1 ? byte(0) : byte(0) & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return broken;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool no_character = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF;
  return overlong || no_character ? broken : Character{text.substr(0, length), code, false};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto character = first_character(text);
    if (character.broken) return false;
    text.remove_prefix(character.bytes.size());
  }
  return true;
}

}  // namespace steppe::data
