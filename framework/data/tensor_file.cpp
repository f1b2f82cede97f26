#include "framework/data/tensor_file.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::data {

namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

using Json = nlohmann::ordered_json;
constexpr auto texts_key = "__metadata__";
constexpr std::size_t length_bytes = 8;

std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  std::string out{std::istreambuf_iterator<char>{in}, {}};
  if (!in) throw DataError{fmt::format("'{}' cannot be read", path.string())};
  return out;
}

/// Reads one file; every message opens with its name.
class FileReader {
 public:
  FileReader(std::string bytes, const std::filesystem::path& path)
      : path_{path}, bytes_{std::move(bytes)} {}

  TensorFile read() {
    const auto header = this->header();
    TensorFile out;
    for (const auto& [name, entry] : header.items()) {
      if (name == texts_key)
        out.texts = texts(entry);
      else
        out.matrices.push_back(matrix(name, entry));
    }
    return out;
  }

 private:
  Json header() {
    std::uint64_t length = 0;
    if (bytes_.size() < length_bytes) fail("it is too short to be a file of weights");
    std::memcpy(&length, bytes_.data(), length_bytes);
    if (length > bytes_.size() - length_bytes)
      fail(
          fmt::format("its header would have {} bytes, and {} are there; it is cut short, or no "
                      "file of weights",
                      length, bytes_.size() - length_bytes));
    begin_ = length_bytes + length;
    try {
      auto header = Json::parse(bytes_.begin() + length_bytes,
                                bytes_.begin() + static_cast<std::ptrdiff_t>(begin_));
      if (header.is_object()) return header;
    } catch (const Json::exception&) {
    }
    fail("it has no JSON header; it is no file of weights");
  }

  std::map<std::string, std::string> texts(const Json& entry) const try {
    return entry.get<std::map<std::string, std::string>>();
  } catch (const Json::exception&) {
    fail(fmt::format("the entry '{}' of its header holds something that is no text", texts_key));
  }

  NamedMatrix matrix(const std::string& name, const Json& entry) const try {
    NamedMatrix out{name, 1, 1, {}};
    const auto type = entry.at("dtype").get<std::string>();
    if (type != "F32") fail(fmt::format("'{}' holds {} and not F32", name, type));
    const auto shape = entry.at("shape").get<std::vector<std::size_t>>();
    if (shape.size() != 2)
      fail(fmt::format("'{}' has {} dimensions instead of 2", name, shape.size()));
    out.rows = shape[0];
    out.columns = shape[1];
    const auto [from, to] = entry.at("data_offsets").get<std::array<std::size_t, 2>>();
    const auto room = bytes_.size() - begin_;
    if (from > to || to > room)
      fail(fmt::format("'{}' ends at byte {} of its values, and {} are there; it is cut short",
                       name, to, room));
    const auto count = (to - from) / sizeof(float);
    if ((to - from) % sizeof(float) != 0 || (out.columns != 0 && count / out.columns != out.rows) ||
        count != out.rows * out.columns)
      fail(fmt::format("'{}' is {} x {} and has {} bytes", name, out.rows, out.columns, to - from));
    out.values.resize(count);
    if (count > 0) std::memcpy(out.values.data(), bytes_.data() + begin_ + from, to - from);
    return out;
  } catch (const Json::exception& error) {
    fail(fmt::format("the entry '{}' of its header cannot be understood: {}", name, error.what()));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError{fmt::format("'{}': {}", path_.string(), what)};
  }

  std::filesystem::path path_;
  std::string bytes_;
  std::size_t begin_ = 0;  ///< of the values
};

}  // namespace

std::string to_bytes(const TensorFile& file) {
  Json header = Json::object();
  if (!file.texts.empty()) header[texts_key] = file.texts;
  std::size_t at = 0;
  for (const auto& matrix : file.matrices) {
    const auto end = at + matrix.values.size() * sizeof(float);
    header[matrix.name] = {
        {"dtype", "F32"}, {"shape", {matrix.rows, matrix.columns}}, {"data_offsets", {at, end}}};
    at = end;
  }
  auto text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  std::string out(length_bytes, '\0');
  std::memcpy(out.data(), &length, length_bytes);
  out += text;
  for (const auto& matrix : file.matrices)
    out.append(reinterpret_cast<const char*>(matrix.values.data()),
               matrix.values.size() * sizeof(float));
  return out;
}

TensorFile parse_tensor_file(std::string bytes, const std::filesystem::path& name) {
  return FileReader{std::move(bytes), name}.read();
}

TensorFile read_tensor_file(const std::filesystem::path& path) {
  return parse_tensor_file(read_bytes(path), path);
}

}  // namespace steppe::data
