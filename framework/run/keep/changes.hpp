// What is not as it was: the fields of a key against those of something made before.
#pragma once

#include "framework/store/key.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace steppe::run {

/// The fields of something that was made, by name.
using Fields = std::map<std::string, std::string>;

/// A field whose value is not the same; a stage that is in one of the two alone counts as one, with
/// its plugin for a value.
struct FieldChange {
  std::string field;               ///< "attack.fgsm.epsilon", of such a stage "attack.fgsm"
  std::optional<std::string> now;  ///< none: it was left out
  std::optional<std::string> was;  ///< none: it is new
};

/// Names that are there several times get the number of the repetition: "range", "range.1".
std::vector<store::Field> told_apart(std::vector<store::Field> fields);

/// In the order of `now`; then what was left out, by name. Both are told apart.
std::vector<FieldChange> changes(const std::vector<store::Field>& now, const Fields& before);

/// "attack.fgsm.epsilon is 0.2 and was 0.1"; long values are cut.
std::string to_text(const FieldChange& change);

/// At most 40 characters of a value: a graph is long.
std::string in_short(const std::string& value);

}  // namespace steppe::run
