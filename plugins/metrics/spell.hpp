// Numbers in names and sentences, as a file would spell them.
#pragma once

#include <cstdio>
#include <string>

namespace steppe::metrics {

/// With as many significant digits at most: 0.85.
inline std::string spell(double number, int digits = 6) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, number);
  return text;
}

}  // namespace steppe::metrics
