// Conditions on columns as a user writes them: read by recursive descent into a short program for
// a stack machine.
//
//   either     = both { "||" both }
//   both       = comparison { "&&" comparison }
//   comparison = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
//   sum        = product { ("+" | "-") product }
//   product    = factor { ("*" | "/") factor }
//   factor     = ("-" | "!") factor | number | column | "(" either ")"
//              | ("abs" | "sqrt" | "log") "(" either ")" | ("min" | "max") "(" either "," either
//              ")"
//
// A value is a number or a condition, and the two do not mix.
#pragma once

#include <steppe/error.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::expression {

/// Wrong, and where. The sentence begins "at character 7: ", counted from 1.
Error error_at(std::size_t place, const std::string& sentence);

/// A column as the text names it.
struct Name {
  std::string text;
  std::size_t place = 0;  ///< of its first character, from 0
};

class Condition {
 public:
  /// @throws Error with the place of the first fault.
  explicit Condition(std::string_view text);

  /// Columns in the order of their first use.
  const std::vector<Name>& names() const { return names_; }
  /// Whether it holds; `values[i]` belongs to `names()[i]`. Arithmetic is in double.
  bool holds(std::span<const double> values) const;

 private:
  friend class Parser;
  enum class Operation {
    number,
    column,
    negate,
    invert,
    absolute,
    root,
    logarithm,
    smaller_of,
    larger_of,
    add,
    subtract,
    multiply,
    divide,
    less,
    less_or_equal,
    greater,
    greater_or_equal,
    equal,
    unequal,
    both,
    either
  };
  struct Step {
    Operation operation;
    double number = 0;       ///< of Operation::number
    std::size_t column = 0;  ///< of Operation::column, into names()
  };
  static double combine(Operation operation, double a, double b);

  std::vector<Name> names_;
  std::vector<Step> steps_;
};

}  // namespace steppe::expression
