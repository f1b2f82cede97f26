// Unpacks what zlib has packed and whose size is known: with libdeflate where it is, which takes
// half of zlib's time.
#pragma once

#include <cstddef>
#include <memory>

#if defined(STEPPE_LIBDEFLATE)
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

namespace steppe {

/// @returns whether they were exactly `size` bytes, undamaged.
inline bool inflate(const unsigned char* from, std::size_t bytes, unsigned char* to,
                    std::size_t size) {
#if defined(STEPPE_LIBDEFLATE)
  const auto free = [](libdeflate_decompressor* it) { libdeflate_free_decompressor(it); };
  thread_local const std::unique_ptr<libdeflate_decompressor, decltype(free)> unpacker{
      libdeflate_alloc_decompressor(), free};
  return unpacker && libdeflate_zlib_decompress(unpacker.get(), from, bytes, to, size, nullptr) ==
                         LIBDEFLATE_SUCCESS;
#else
  uLongf got = size;
  return ::uncompress(to, &got, from, bytes) == Z_OK && got == size;
#endif
}

}  // namespace steppe
