#include "framework/report/escape.hpp"

#include "framework/data/utf8.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace steppe::report {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_unprintable(const data::Character& c) {
  const auto between = [&](std::uint32_t first, std::uint32_t last) {
    return c.code >= first && c.code <= last;
  };
  return c.broken || c.code < 0x20 || between(0x7F, 0x9F) || c.code == 0x200B ||
         between(0x200E, 0x200F) || between(0x2028, 0x202E) || between(0x2060, 0x206F) ||
         c.code == 0xFEFF || between(0xFFFE, 0xFFFF);
}

/// Calls `take` with one character after the other.
template <class Take>
void each_character(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto character = data::first_character(text);
    take(character);
    text.remove_prefix(character.bytes.size());
  }
}

bool is_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

std::string_view in_markup(const data::Character& character) {
  switch (character.bytes.front()) {
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
      return is_unprintable(character) ? replacement : character.bytes;
  }
}

std::string_view in_latex(const data::Character& character) {
  switch (character.bytes.front()) {
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
      return is_unprintable(character) ? " " : character.bytes;
  }
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string out;
  each_character(text, [&](const data::Character& character) { out += in_markup(character); });
  return out;
}

std::string escape_latex(std::string_view text) {
  std::string out;
  each_character(text, [&](const data::Character& character) { out += in_latex(character); });
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
  each_character(shortened(text, longest), [&](const data::Character& character) {
    if (character.code == '\'')
      out += "''";
    else if (character.code == '>' && out.ends_with("]]"))
      out += " >";
    else
      out += is_unprintable(character) ? " " : character.bytes;
  });
  return "'" + out + "'";
}

std::string quote_gnuplot_tic(std::string_view text, std::size_t longest) {
  std::string out;
  for (const char c : quote_gnuplot(text, longest)) out += c == '%' ? "%%" : std::string(1, c);
  return out;
}

std::string printable(std::string_view text, LineEnds line_ends) {
  std::string out;
  each_character(text, [&](const data::Character& character) {
    const bool kept = character.code == '\n' && line_ends == LineEnds::keep;
    if (!is_unprintable(character) || kept)
      out += character.bytes;
    else if (character.code == '\n')
      out += "\\n";
    else if (character.code < 0x100)
      out += fmt::format("\\x{:02x}", character.code);
    else
      out += fmt::format("\\u{:04x}", character.code);
  });
  return out;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  each_character(text, [&](const data::Character&) { ++count; });
  return count;
}

std::string shortened(std::string_view text, std::size_t longest) {
  if (character_count(text) <= longest) return std::string{text};
  std::string out;
  std::size_t count = 0;
  each_character(text, [&](const data::Character& character) {
    if (++count < longest) out += character.bytes;
  });
  return out + "…";
}

}  // namespace steppe::report
