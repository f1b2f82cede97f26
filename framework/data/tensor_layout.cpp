#include "framework/data/tensor_layout.hpp"

#include "framework/data/dataset.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace steppe::data {

namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

using Json = nlohmann::ordered_json;
constexpr auto texts_key = "__metadata__";
constexpr std::size_t length_bytes = 8, alignment = 64;

/// Reads one header; every message opens with the file's name.
class HeaderReader {
 public:
  HeaderReader(std::string_view file, const std::filesystem::path& name)
      : file_{file}, name_{name} {}

  TensorHeader read() {
    const auto json = this->json();
    TensorHeader out;
    out.values = begin_;
    for (const auto& [name, entry] : json.items()) {
      if (name == texts_key)
        out.texts = texts(entry);
      else
        out.entries.push_back(tensor(name, entry));
    }
    return out;
  }

 private:
  Json json() {
    std::uint64_t length = 0;
    if (file_.size() < length_bytes) fail("it is too short to be a file of weights");
    std::memcpy(&length, file_.data(), length_bytes);
    if (length > file_.size() - length_bytes)
      fail(
          fmt::format("its header would have {} bytes, and {} are there; it is cut short, or no "
                      "file of weights",
                      length, file_.size() - length_bytes));
    begin_ = length_bytes + length;
    try {
      const auto text = file_.substr(length_bytes, length);
      auto header = Json::parse(text.begin(), text.end());
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

  TensorEntry tensor(const std::string& name, const Json& entry) const try {
    TensorEntry out{name, entry.at("dtype").get<std::string>(),
                    entry.at("shape").get<std::vector<std::size_t>>(), 0, 0};
    const auto [from, to] = entry.at("data_offsets").get<std::array<std::size_t, 2>>();
    const auto room = file_.size() - begin_;
    if (from > to || to > room)
      fail(fmt::format("'{}' ends at byte {} of its values, and {} are there; it is cut short",
                       name, to, room));
    out.from = from;
    out.to = to;
    return out;
  } catch (const Json::exception& error) {
    fail(fmt::format("the entry '{}' of its header cannot be understood: {}", name, error.what()));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw DataError{fmt::format("'{}': {}", name_.string(), what)};
  }

  std::string_view file_;
  const std::filesystem::path& name_;
  std::size_t begin_ = 0;  ///< of the values
};

}  // namespace

std::string header_bytes(const std::map<std::string, std::string>& texts,
                         const std::vector<TensorEntry>& entries) {
  Json header = Json::object();
  if (!texts.empty()) header[texts_key] = texts;
  for (const auto& entry : entries)
    header[entry.name] = {
        {"dtype", entry.type}, {"shape", entry.shape}, {"data_offsets", {entry.from, entry.to}}};
  auto text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((length_bytes + text.size() + alignment - 1) / alignment * alignment - length_bytes,
              ' ');
  const std::uint64_t length = text.size();
  std::string out(length_bytes, '\0');
  std::memcpy(out.data(), &length, length_bytes);
  return out + text;
}

TensorHeader parse_tensor_header(std::string_view file, const std::filesystem::path& name) {
  return HeaderReader{file, name}.read();
}

}  // namespace steppe::data
