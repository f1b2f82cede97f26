#include "framework/report/escape.hpp"

#include <charconv>
#include <cmath>
#include <cstdint>

namespace steppe::report {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

/// The bytes of the character of UTF-8 at the start of `text`; 0 when it is none (RFC 3629).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first < 0xE0   ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || text.size() < length) return 0;
  std::uint32_t code = first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool no_character =
      (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF || code == 0xFFFE || code == 0xFFFF;
  return overlong || no_character ? 0 : length;
}

bool is_control(std::string_view character) {
  const auto byte = static_cast<std::uint8_t>(character.front());
  return byte < 0x20 || byte == 0x7F;
}

/// Calls `take` with one character after the other, broken bytes as U+FFFD.
template <class Take>
void each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto length = character_length(text);
    take(length == 0 ? replacement : text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

std::string_view in_markup(std::string_view character) {
  switch (character.front()) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\n':
      return "&#10;";
    case '\t':
      return "&#9;";
    case '\r':
      return "&#13;";
    default:
      return is_control(character) ? replacement : character;
  }
}

std::string_view in_latex(std::string_view character) {
  switch (character.front()) {
    case '\\':
      return "\\textbackslash{}";
    case '~':
      return "\\textasciitilde{}";
    case '^':
      return "\\textasciicircum{}";
    case '<':
      return "\\textless{}";
    case '>':
      return "\\textgreater{}";
    case '|':
      return "\\textbar{}";
    case '"':
      return "\\textquotedbl{}";
    case '`':
      return "\\textasciigrave{}";
    case '-':
      return "{-}";  // no ligatures: -- stays two
    case '[':
      return "{[}";  // no option of a line end before it
    case ']':
      return "{]}";
    case '&':
      return "\\&";
    case '%':
      return "\\%";
    case '$':
      return "\\$";
    case '#':
      return "\\#";
    case '_':
      return "\\_";
    case '{':
      return "\\{";
    case '}':
      return "\\}";
    default:
      return is_control(character) ? " " : character;
  }
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  each_character(text, [&](std::string_view character) { out += in_markup(character); });
  return out;
}

std::string escape_latex(std::string_view text) {
  std::string out;
  each_character(text, [&](std::string_view character) { out += in_latex(character); });
  return out;
}

std::string escape_csv(std::string_view text) {
  constexpr std::string_view formula = "=+-@\t\r\n";
  const bool taken =
      !text.empty() && formula.find(text.front()) != formula.npos && !is_number(text);
  if (!taken && text.find_first_of("\",\r\n\t'") == text.npos) return std::string{text};
  std::string out{taken ? "\"'" : "\""};
  for (const char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
  return out;
}

std::string quote_gnuplot(std::string_view text, std::size_t longest) {
  std::string out;
  std::size_t count = 0;
  each_character(text, [&](std::string_view character) {
    if (++count == longest) out += "…";
    if (count >= longest) return;
    if (character == "'")
      out += "''";
    else if (character == ">" && out.ends_with("]]"))
      out += " >";
    else
      out += is_control(character) ? " " : character;
  });
  return "'" + out + "'";
}

}  // namespace steppe::report
