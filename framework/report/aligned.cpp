#include "framework/report/aligned.hpp"

#include "framework/report/escape.hpp"

#include <algorithm>
#include <utility>

namespace steppe::report {

namespace {

using Line = std::vector<std::string>;

constexpr std::size_t gap = 3;  ///< between two columns

std::vector<std::size_t> widths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> out;
  for (const auto& line : lines)
    for (std::size_t c = 0; c < line.size(); ++c) {
      if (c == out.size()) out.push_back(0);
      out[c] = std::max(out[c], character_count(line[c]));
    }
  return out;
}

/// The text columns and the numbers [from, to), texts to the left, numbers to the right.
std::string block(const Layout& layout, const std::vector<std::size_t>& widths, std::size_t from,
                  std::size_t to) {
  std::string out;
  for (const auto& line : layout.lines) {
    std::string text;
    for (std::size_t c = 0; c < std::min(to, line.size()); ++c) {
      const bool is_text = c < layout.text_columns;
      if (!is_text && c < from) continue;
      const auto fill = widths[c] - character_count(line[c]);
      if (!is_text) text.append(fill, ' ');
      text += line[c];
      text.append((is_text ? fill : 0) + gap, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

}  // namespace

std::string aligned(Layout layout, std::size_t width) {
  for (auto& line : layout.lines)
    for (std::size_t c = 0; c < std::min(line.size(), layout.text_columns); ++c)
      line[c] = shortened(printable(line[c], LineEnds::escape), layout.longest_text);
  const auto widths = widths_of(layout.lines);
  const auto sum = [&](std::size_t from, std::size_t to) {
    std::size_t out = 0;
    for (std::size_t c = from; c < std::min(to, widths.size()); ++c) out += widths[c] + gap;
    return out;
  };
  const auto texts = sum(0, layout.text_columns);
  std::string out;
  for (auto from = layout.text_columns; out.empty() || from < widths.size();) {
    auto to = from + layout.group;
    while (to < widths.size() && texts + sum(from, to + layout.group) <= width + gap)
      to += layout.group;
    if (!out.empty()) out += '\n';
    out += block(layout, widths, from, to);
    from = to;
  }
  return out;
}

}  // namespace steppe::report
