// Texts from files on their way into other languages. A name of a pipeline or the sentence of an
// error may hold anything; it stays text in a web page, XML, LaTeX, a spreadsheet and gnuplot.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace steppe::report {

/// For the text and the quoted attributes of HTML and XML. What XML 1.0 has no place for (control
/// characters, broken UTF-8) becomes U+FFFD.
std::string escape_markup(std::string_view text);

/// For a paragraph of LaTeX; line ends become spaces.
std::string escape_latex(std::string_view text);

/// A cell of comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula
/// (it begins with = + - @, a tab or a line end) gets an apostrophe in front, as OWASP advises,
/// unless all of it is a number.
std::string escape_csv(std::string_view text);

/// A string of gnuplot in single quotes, within which it replaces nothing. Control characters
/// become spaces; "]]>", which its SVG terminal would leave as it is, is broken up. At most
/// `longest` characters, for labels have to fit.
std::string quote_gnuplot(std::string_view text, std::size_t longest);

}  // namespace steppe::report
