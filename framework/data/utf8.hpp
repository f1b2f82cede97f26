// Characters of UTF-8 (RFC 3629), in texts that may not be UTF-8.
#pragma once

#include <cstdint>
#include <string_view>

namespace steppe::data {

struct Character {
  std::string_view bytes;  ///< as they are in the text
  std::uint32_t code = 0;
  bool broken = false;  ///< `bytes` is one byte that begins no character
};

/// @pre `text` is not empty.
Character first_character(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace steppe::data
