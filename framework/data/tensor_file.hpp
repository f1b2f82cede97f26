// Named float32 matrices and texts in one file, in the layout of safetensors (tensor_layout.hpp).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::data {

struct NamedMatrix {
  std::string name;
  std::size_t rows = 0, columns = 0;
  std::vector<float> values;  ///< rows x columns
};

struct TensorFile {
  std::map<std::string, std::string> texts;  ///< the header's `__metadata__`
  std::vector<NamedMatrix> matrices;         ///< in the order of the file
};

/// The bytes of the file; values start at a multiple of 64.
std::string to_bytes(const TensorFile& file);

/// @throws DataError when the file cannot be read, is cut short or has another layout, saying what
/// was found.
TensorFile read_tensor_file(const std::filesystem::path& path);
/// The same from the bytes of a file; `name` is for messages.
TensorFile parse_tensor_file(std::string_view bytes, const std::filesystem::path& name);

}  // namespace steppe::data
