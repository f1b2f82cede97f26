// Of things that were made before, the one most like a thing that is to be made: the one with the
// fewest fields that are not the same. Fields are numbered once, so that ten thousand things of a
// hundred fields each are compared by numbers.
#pragma once

#include "framework/store/key.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace steppe::run {

/// Numbers of the name and the value of a field.
struct NumberedField {
  std::uint32_t name, value;
};
using NumberedFields = std::vector<NumberedField>;

/// Gives names and values of fields their numbers: equal texts, equal numbers.
class FieldNumbers {
 public:
  NumberedFields of(const store::KeyMaker& key);
  NumberedFields of(const std::vector<store::Field>& fields);
  const std::string& text(std::uint32_t number) const { return *texts_[number]; }

 private:
  using Nested = std::vector<store::NestedField>;

  std::uint32_t number(std::string text);
  void add(const Nested& fields, const std::string& prefix, NumberedFields& out);

  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;
  /// Fields that many keys share, by the name that is in front of them.
  std::map<std::pair<std::uint32_t, std::shared_ptr<const Nested>>, NumberedFields> shared_;
};

/// For each of `wanted` the index of one of `made`; nullopt: there are none. One that differs in a
/// single field is found wherever it is; else it is the one with the fewest differences among the
/// last `looked_at` of `made`. Takes a time in proportion to both lists.
inline constexpr std::size_t looked_at = 256;
std::vector<std::optional<std::size_t>> nearest(const std::vector<NumberedFields>& wanted,
                                                const std::vector<NumberedFields>& made);

}  // namespace steppe::run
