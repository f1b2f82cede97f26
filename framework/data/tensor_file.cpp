#include "framework/data/tensor_file.hpp"

#include "framework/data/dataset.hpp"
#include "framework/data/tensor_layout.hpp"

#include <cstring>
#include <fstream>

#include <fmt/format.h>

namespace steppe::data {

namespace {

std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::string out{std::istreambuf_iterator<char>{in}, {}};
  if (!in) throw DataError{fmt::format("'{}' cannot be read", path.string())};
  return out;
}

NamedMatrix matrix(const TensorEntry& entry, std::string_view values,
                   const std::filesystem::path& path) {
  const auto fail = [&](const std::string& what) {
    throw DataError{fmt::format("'{}': {}", path.string(), what)};
  };
  if (entry.type != "F32") fail(fmt::format("'{}' holds {} and not F32", entry.name, entry.type));
  if (entry.shape.size() != 2)
    fail(fmt::format("'{}' has {} dimensions instead of 2", entry.name, entry.shape.size()));
  NamedMatrix out{entry.name, entry.shape[0], entry.shape[1], {}};
  const auto bytes = entry.to - entry.from;
  const auto count = bytes / sizeof(float);
  if (bytes % sizeof(float) != 0 || (out.columns != 0 && count / out.columns != out.rows) ||
      count != out.rows * out.columns)
    fail(fmt::format("'{}' is {} x {} and has {} bytes", entry.name, out.rows, out.columns, bytes));
  out.values.resize(count);
  if (count > 0) std::memcpy(out.values.data(), values.data() + entry.from, bytes);
  return out;
}

}  // namespace

std::string to_bytes(const TensorFile& file) {
  std::vector<TensorEntry> entries;
  std::size_t at = 0;
  for (const auto& matrix : file.matrices) {
    const auto end = at + matrix.values.size() * sizeof(float);
    entries.push_back({matrix.name, "F32", {matrix.rows, matrix.columns}, at, end});
    at = end;
  }
  auto out = header_bytes(file.texts, entries);
  for (const auto& matrix : file.matrices)
    out.append(reinterpret_cast<const char*>(matrix.values.data()),
               matrix.values.size() * sizeof(float));
  return out;
}

TensorFile parse_tensor_file(std::string_view bytes, const std::filesystem::path& name) {
  auto header = parse_tensor_header(bytes, name);
  TensorFile out{std::move(header.texts), {}};
  for (const auto& entry : header.entries)
    out.matrices.push_back(matrix(entry, bytes.substr(header.values), name));
  return out;
}

TensorFile read_tensor_file(const std::filesystem::path& path) {
  return parse_tensor_file(read_bytes(path), path);
}

}  // namespace steppe::data
