#include "framework/store/object.hpp"

#include "framework/data/dataset.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <numeric>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

namespace steppe::store {

namespace {

constexpr std::string_view format = "steppe-object/1";
const std::string no_checksum(Key::digits, '0');

constexpr std::string_view name_of(float) { return "F32"; }
constexpr std::string_view name_of(double) { return "F64"; }
constexpr std::string_view name_of(std::int64_t) { return "I64"; }
constexpr std::string_view name_of(std::uint64_t) { return "U64"; }
constexpr std::string_view name_of(std::byte) { return "U8"; }

/// Where the digits of the checksum are; npos: nowhere. A quote inside a text is written as \", so
/// this cannot be part of one.
std::size_t checksum_place(std::string_view bytes) {
  const auto opening = fmt::format("\"{}\":\"", checksum_text);
  const auto found = bytes.find(opening);
  if (found == std::string_view::npos || bytes.size() - found < opening.size() + Key::digits)
    return std::string_view::npos;
  return found + opening.size();
}

/// Of all bytes, with zeros in the place of the checksum itself.
std::string checksum(std::string_view bytes, std::size_t place) {
  const auto free_state = [](XXH3_state_t* state) { ::XXH3_freeState(state); };
  const std::unique_ptr<XXH3_state_t, decltype(free_state)> state{::XXH3_createState(), free_state};
  ::XXH3_128bits_reset(state.get());
  const auto rest = bytes.substr(place + Key::digits);
  ::XXH3_128bits_update(state.get(), bytes.data(), place);
  ::XXH3_128bits_update(state.get(), no_checksum.data(), no_checksum.size());
  ::XXH3_128bits_update(state.get(), rest.data(), rest.size());
  const auto hash = ::XXH3_128bits_digest(state.get());
  return Key{hash.high64, hash.low64}.hex();
}

std::size_t width_of(const Column& column) {
  return std::visit([](const auto& values) { return sizeof values.front(); }, column.values);
}

/// Wide values first: then each lies at a multiple of its own size, without gaps.
std::vector<const Column*> in_order(const std::vector<Column>& columns) {
  std::vector<const Column*> out;
  for (const auto& column : columns) out.push_back(&column);
  std::stable_sort(out.begin(), out.end(),
                   [](const Column* a, const Column* b) { return width_of(*a) > width_of(*b); });
  return out;
}

std::string_view raw(const Column& column) {
  return std::visit(
      [](const auto& values) {
        return std::string_view{reinterpret_cast<const char*>(values.data()),
                                values.size() * sizeof values.front()};
      },
      column.values);
}

}  // namespace

std::string to_bytes(const Artifact& artifact, const Key& key) {
  auto texts = artifact.texts;
  texts[std::string{format_text}] = format;
  texts[std::string{kind_text}] = artifact.kind;
  texts[std::string{key_text}] = key.hex();
  texts[std::string{checksum_text}] = no_checksum;
  const auto columns = in_order(artifact.columns);
  std::vector<data::TensorEntry> entries;
  std::size_t at = 0;
  for (const auto* column : columns) {
    const auto type = std::visit(
        [](const auto& values) {
          return name_of(typename std::decay_t<decltype(values)>::value_type{});
        },
        column->values);
    const auto end = at + raw(*column).size();
    entries.push_back({column->name, std::string{type}, column->shape, at, end});
    at = end;
  }
  auto out = data::header_bytes(texts, entries);
  for (const auto* column : columns) out += raw(*column);
  const auto place = checksum_place(out);
  out.replace(place, Key::digits, checksum(out, place));
  return out;
}

MappedFile::MappedFile(const std::filesystem::path& path) {
  const auto fail = [&](int reason) {
    throw StoreError{fmt::format("'{}' cannot be read: {}", path.string(), std::strerror(reason))};
  };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(errno);
  struct stat about {};
  int reason = ::fstat(file, &about) == 0 ? 0 : errno;
  size_ = static_cast<std::size_t>(about.st_size);
  if (reason == 0 && size_ > 0) {
    void* data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED)
      reason = errno;
    else
      data_ = static_cast<const char*>(data);
  }
  ::close(file);
  if (reason != 0) fail(reason);
}

MappedFile::~MappedFile() {
  if (data_) ::munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_{std::exchange(other.data_, nullptr)}, size_{std::exchange(other.size_, 0)} {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Object::Object(const std::filesystem::path& path, const Key& key) : path_{path}, file_{path} {
  const auto bytes = file_.bytes();
  // The checksum first: what follows reads a file that somebody meant.
  const auto place = checksum_place(bytes);
  if (place == std::string_view::npos) fail("it has no checksum; it is cut short or damaged");
  if (bytes.substr(place, Key::digits) != checksum(bytes, place))
    fail("its checksum is wrong; it is cut short or damaged");
  try {
    header_ = data::parse_tensor_header(bytes, path);
  } catch (const data::DataError& error) {
    throw Damaged{error.what()};
  }
  const auto found = text(std::string{format_text});
  if (found != format)
    fail(fmt::format("it has the format '{}', and this program reads '{}'", found, format));
  if (text(std::string{key_text}) != key.hex())
    fail(fmt::format("it is the object {}", text(std::string{key_text})));
  text(std::string{kind_text});
}

const std::string& Object::text(const std::string& name) const {
  const auto found = header_.texts.find(name);
  if (found == header_.texts.end()) fail(fmt::format("it says nothing of '{}'", name));
  return found->second;
}

const data::TensorEntry& Object::entry(const std::string& name) const {
  const auto found = std::ranges::find(header_.entries, name, &data::TensorEntry::name);
  if (found == header_.entries.end()) fail(fmt::format("it has no column '{}'", name));
  return *found;
}

const std::vector<std::size_t>& Object::shape(const std::string& name) const {
  return entry(name).shape;
}

template <class Number>
std::span<const Number> Object::values(const std::string& name, std::string_view type) const {
  const auto& entry = this->entry(name);
  if (entry.type != type) fail(fmt::format("'{}' holds {} and not {}", name, entry.type, type));
  const auto count =
      std::accumulate(entry.shape.begin(), entry.shape.end(), std::size_t{1}, std::multiplies<>{});
  const auto* first = file_.bytes().data() + header_.values + entry.from;
  if (entry.to - entry.from != count * sizeof(Number))
    fail(fmt::format("'{}' should have {} values and has {} bytes", name, count,
                     entry.to - entry.from));
  if (reinterpret_cast<std::uintptr_t>(first) % alignof(Number) != 0)
    fail(fmt::format("'{}' begins between two places of {}", name, type));
  return {reinterpret_cast<const Number*>(first), count};
}

std::span<const float> Object::floats(const std::string& name) const {
  return values<float>(name, name_of(float{}));
}
std::span<const double> Object::doubles(const std::string& name) const {
  return values<double>(name, name_of(double{}));
}
std::span<const std::int64_t> Object::integers(const std::string& name) const {
  return values<std::int64_t>(name, name_of(std::int64_t{}));
}
std::span<const std::uint64_t> Object::counts(const std::string& name) const {
  return values<std::uint64_t>(name, name_of(std::uint64_t{}));
}

std::span<const std::byte> Object::bytes(const std::string& name) const {
  return values<std::byte>(name, name_of(std::byte{}));
}

void Object::fail(const std::string& what) const {
  throw Damaged{fmt::format("'{}': {}", path_.string(), what)};
}

std::map<std::string, std::string> texts_of(const std::filesystem::path& path) {
  const MappedFile file{path};
  try {
    auto texts = data::parse_tensor_header(file.bytes(), path).texts;
    if (texts.contains(std::string{format_text}) && texts.contains(std::string{kind_text}))
      return texts;
  } catch (const data::DataError& error) {
    throw Damaged{error.what()};
  }
  throw Damaged{fmt::format("'{}': it is no object of a store", path.string())};
}

}  // namespace steppe::store
