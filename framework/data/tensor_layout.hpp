// The layout of safetensors (github.com/huggingface/safetensors): the length of a JSON header (8
// bytes, little endian), the header with texts and with name, type, shape and place of every
// tensor, then the values, row-major. NumPy, PyTorch and others read it with that library.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::data {

struct TensorEntry {
  std::string name;
  std::string type;                ///< "F32", "F64", "I64", "U64", or what the file says
  std::vector<std::size_t> shape;  ///< none: a single value
  std::size_t from = 0, to = 0;    ///< bytes, counted from where the values begin
};

struct TensorHeader {
  std::map<std::string, std::string> texts;  ///< the header's `__metadata__`
  std::vector<TensorEntry> entries;          ///< in the order of the file
  std::size_t values = 0;                    ///< where the values begin, in bytes of the file
};

/// What stands in front of the values. They begin at a multiple of 64 bytes, so that a mapped file
/// can be used as it lies.
std::string header_bytes(const std::map<std::string, std::string>& texts,
                         const std::vector<TensorEntry>& entries);

/// The header of a whole file; every tensor lies in it. What a type means is for the caller.
/// @throws DataError naming the file and what was found.
TensorHeader parse_tensor_header(std::string_view file, const std::filesystem::path& name);

}  // namespace steppe::data
