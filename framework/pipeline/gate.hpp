// The small language of gates,
//
//   value(axis='coordinate', axis='coordinate') > number @ number sigma
//
// with > >= < <= or ==. The brackets and what begins with '@' may be left out; coordinates that are
// plain words or numbers need no quotes.
#pragma once

#include "framework/pipeline/plan.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace steppe::pipeline {

/// A piece of the text and where it starts.
struct Word {
  std::string text;
  std::size_t offset = 0;
};

struct Selector {
  Word axis, coordinate;
};

/// A gate taken apart; what its words mean is not known here.
struct Gate {
  Word value;
  std::vector<Selector> selectors;
  Comparison comparison = Comparison::above;
  double bound = 0;
  double sigmas = 0;          ///< 0: not asked for
  std::size_t sigmas_at = 0;  ///< where '@' is; 0: nowhere
};

/// A syntax error at an offset of the text.
struct Unexpected {
  std::size_t offset;
  std::string_view expected;
};

/// @throws Unexpected
Gate parse_gate(std::string_view text);

}  // namespace steppe::pipeline
