// Keys: what a thing is made of, field by field, hashed to 128 bits by XXH3 (github.com/Cyan4973/
// xxHash). Two things with one key are one thing; whoever makes a key says everything that shapes
// the bytes of the thing, and nothing else.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::store {

struct Key {
  std::uint64_t high = 0, low = 0;

  auto operator<=>(const Key&) const = default;  // NOLINT(modernize-use-nullptr): sees a 0 inside
  /// 32 digits: the name of an object.
  std::string hex() const;
  static constexpr std::size_t digits = 32;
};

/// nullopt: no key.
std::optional<Key> parse_key(std::string_view hex);
/// Of these bytes.
Key key_of(std::string_view bytes);

/// The field that every key begins with.
inline constexpr std::string_view kind_field = "kind";

/// A field as people read it.
struct Field {
  std::string name, value;

  bool operator==(const Field&) const = default;
};

/// What a key is made of, as it was said: with a value, or with fields of its own, which all keys
/// that it is part of share.
struct NestedField {
  std::string name, value;
  std::shared_ptr<const std::vector<NestedField>> fields;  ///< null: it has a value
};

/// Every field is hashed with its type, and name and value with their lengths, so that no two lists
/// of fields have the same bytes.
class KeyMaker {
 public:
  /// `kind`: what is made, "training".
  explicit KeyMaker(std::string_view kind);

  void text(std::string_view name, std::string_view value);
  void integer(std::string_view name, std::int64_t value);
  void count(std::string_view name, std::uint64_t value);
  void real(std::string_view name, double value);
  void flag(std::string_view name, bool value);
  void key(std::string_view name, const Key& value);
  /// Something with a key of its own; its fields are listed behind "name.".
  void part(std::string_view name, const KeyMaker& value);

  Key key() const { return key_of(bytes_); }
  std::vector<Field> fields() const;
  const std::vector<NestedField>& nested_fields() const { return *fields_; }

 private:
  void note(std::string_view name, std::string value);
  std::vector<NestedField>& own_fields();
  void put(std::string_view bytes);
  void put(char type, std::string_view name, std::string_view value);
  template <class Number>
  void put_number(char type, std::string_view name, Number value);

  std::string bytes_;
  std::shared_ptr<std::vector<NestedField>> fields_ = std::make_shared<std::vector<NestedField>>();
};

}  // namespace steppe::store
