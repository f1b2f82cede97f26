// Tables for people, in plain text: columns as wide as their widest cell.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace steppe::report {

/// The lines of a table. Its first columns are texts, and say where; the others are numbers,
/// `group` of them belong together.
struct Layout {
  std::vector<std::vector<std::string>> lines;
  std::size_t text_columns;
  std::size_t group = 1;
  std::size_t longest_text = 32;  ///< longer texts are shortened
};

/// Texts to the left, numbers to the right. What is wider than `width` characters goes on below in
/// a block of its own that says again where; no number is cut.
std::string aligned(Layout layout, std::size_t width);

}  // namespace steppe::report
