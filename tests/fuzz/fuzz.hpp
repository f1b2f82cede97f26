// What a fuzzer gives, as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// libFuzzer and replay.cpp call it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace steppe::fuzz {

inline std::string text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace steppe::fuzz
