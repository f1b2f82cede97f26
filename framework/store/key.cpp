#include "framework/store/key.hpp"

#include <bit>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <xxhash.h>

namespace steppe::store {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are hashed as they lie");

template <class Number>
std::string_view bytes_of(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

/// The kind of a part is in its name.
void flatten(const std::vector<NestedField>& fields, const std::string& prefix, bool is_part,
             std::vector<Field>& out) {
  for (const auto& field : fields) {
    if (is_part && field.name == kind_field) continue;
    if (field.fields)
      flatten(*field.fields, prefix + field.name + ".", true, out);
    else
      out.push_back({prefix + field.name, field.value});
  }
}

bool read_half(std::string_view hex, std::uint64_t& out) {
  const auto [end, failure] = std::from_chars(hex.data(), hex.data() + hex.size(), out, 16);
  return failure == std::errc{} && end == hex.data() + hex.size();
}

}  // namespace

std::string Key::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

std::optional<Key> parse_key(std::string_view hex) {
  Key out;
  if (hex.size() != Key::digits || !read_half(hex.substr(0, 16), out.high) ||
      !read_half(hex.substr(16), out.low) || out.hex() != hex)
    return std::nullopt;
  return out;
}

Key key_of(std::string_view bytes) {
  const auto hash = ::XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

KeyMaker::KeyMaker(std::string_view kind) { text(kind_field, kind); }

void KeyMaker::put(std::string_view bytes) {
  const std::uint64_t length = bytes.size();
  bytes_ += bytes_of(length);
  bytes_ += bytes;
}

void KeyMaker::put(char type, std::string_view name, std::string_view value) {
  bytes_ += type;
  put(name);
  put(value);
}

template <class Number>
void KeyMaker::put_number(char type, std::string_view name, Number value) {
  put(type, name, bytes_of(value));
  note(name, fmt::format("{}", value));
}

void KeyMaker::text(std::string_view name, std::string_view value) {
  put('t', name, value);
  note(name, std::string{value});
}

void KeyMaker::integer(std::string_view name, std::int64_t value) { put_number('i', name, value); }
void KeyMaker::count(std::string_view name, std::uint64_t value) { put_number('u', name, value); }
void KeyMaker::real(std::string_view name, double value) { put_number('r', name, value); }
void KeyMaker::flag(std::string_view name, bool value) { put_number('b', name, value); }

void KeyMaker::key(std::string_view name, const Key& value) {
  put('k', name, value.hex());
  note(name, value.hex());
}

void KeyMaker::part(std::string_view name, const KeyMaker& value) {
  put('p', name, value.key().hex());
  own_fields().push_back({std::string{name}, "", value.fields_});
}

void KeyMaker::note(std::string_view name, std::string value) {
  own_fields().push_back({std::string{name}, std::move(value), nullptr});
}

/// Fields that others share, as copies of this key and keys it is part of do, stay as they are.
std::vector<NestedField>& KeyMaker::own_fields() {
  if (fields_.use_count() > 1) fields_ = std::make_shared<std::vector<NestedField>>(*fields_);
  return *fields_;
}

std::vector<Field> KeyMaker::fields() const {
  std::vector<Field> out;
  flatten(*fields_, "", false, out);
  return out;
}

}  // namespace steppe::store
