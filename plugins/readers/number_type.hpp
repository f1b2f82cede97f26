// Numbers as files of arrays spell them - NumPy's "<f8", IDX's type codes - turned into floats.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace steppe {

/// `kind`: 'f' floating point, 'i' signed, 'u' unsigned.
struct NumberType {
  char kind = 'f';
  std::size_t bytes = 4;
  std::endian order = std::endian::little;
};

namespace detail {

template <class Number>
void decode(const char* from, std::size_t count, std::endian order, float* to) {
  for (std::size_t i = 0; i < count; ++i) {
    std::array<char, sizeof(Number)> bytes;
    std::memcpy(bytes.data(), from + i * sizeof(Number), sizeof(Number));
    if (order != std::endian::native) std::reverse(bytes.begin(), bytes.end());
    to[i] = static_cast<float>(std::bit_cast<Number>(bytes));
  }
}

using Decoder = void (*)(const char*, std::size_t, std::endian, float*);

/// nullptr for what is not known.
inline Decoder decoder_of(char kind, std::size_t bytes) {
  switch (bytes) {
    case 1:
      return kind == 'i' ? decode<std::int8_t> : kind == 'u' ? decode<std::uint8_t> : nullptr;
    case 2:
      return kind == 'i' ? decode<std::int16_t> : kind == 'u' ? decode<std::uint16_t> : nullptr;
    case 4:
      return kind == 'f'   ? decode<float>
             : kind == 'i' ? decode<std::int32_t>
             : kind == 'u' ? decode<std::uint32_t>
                           : nullptr;
    case 8:
      return kind == 'f'   ? decode<double>
             : kind == 'i' ? decode<std::int64_t>
             : kind == 'u' ? decode<std::uint64_t>
                           : nullptr;
    default:
      return nullptr;
  }
}

}  // namespace detail

inline bool is_known(const NumberType& type) {
  return detail::decoder_of(type.kind, type.bytes) != nullptr;
}

/// `count` numbers of a known type at `from`, which need not be aligned.
inline void to_floats(const NumberType& type, const char* from, std::size_t count, float* to) {
  detail::decoder_of(type.kind, type.bytes)(from, count, type.order, to);
}

}  // namespace steppe
