// Settings and their schema as the host keeps them: the C tables of abi.h in C++ clothes.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steppe::plugin {

/// In the order of `steppe_type` in abi.h.
enum class Type { real, integer, boolean, text, choice, path, reference };

/// One value: real, integer, boolean, or text (also for choice, path and reference).
using Scalar = std::variant<double, std::int64_t, bool, std::string>;

/// As a pipeline file would spell it: 0.5, 3, true, 'text'.
std::string to_text(const Scalar& value);
/// "a real number", "an integer", ... for messages.
std::string_view describe(Type type);

/// What a stage says about one of its settings.
struct Parameter {
  std::string name;
  Type type = Type::real;
  bool is_array = false;
  bool required = false;
  std::vector<Scalar> fallback;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  bool above_minimum = false;  ///< `minimum` itself is excluded
  std::string unit;
  std::string text;
  std::vector<std::string> choices;
  std::string reference_kind;

  /// "[0, inf)", "one of 'max', 'l2'", "" when anything goes.
  std::string range() const;
};

/// A setting with its value. A scalar has one item.
struct Setting {
  std::string name;
  Type type = Type::real;
  bool is_array = false;
  std::vector<Scalar> items;
};

/// All settings of a stage, in the order of its schema.
struct Settings {
  std::vector<Setting> items;

  const Setting* find(std::string_view name) const;
  /// Scalars by name; they exist and have the type, or it is a mistake in this program.
  const std::string& text(std::string_view name) const;
  double real(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
};

/// "epsilon = 0.05, hidden = [8, 4]"
std::string to_text(const Settings& settings);

}  // namespace steppe::plugin
