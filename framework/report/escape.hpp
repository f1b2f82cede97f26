// Texts from files on their way into other languages. A coordinate, the name of a file or the
// sentence of an error may hold anything; it stays text in a web page, XML, LaTeX, a spreadsheet,
// gnuplot and on a terminal.
//
// Unprintable is what is no text: control characters (C0, C1, DEL), broken UTF-8, and what cannot
// be seen and changes what is read: the controls of the direction of writing (arXiv:2111.00169),
// spaces and joins of no width (but for the two joiners that some scripts spell with), line
// separators.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace steppe::report {

/// For the text and the quoted attributes of HTML and XML. What is unprintable becomes U+FFFD, but
/// for tabs and line ends.
std::string escape_markup(std::string_view text);

/// For a paragraph of LaTeX; what is unprintable becomes a space, line ends too.
std::string escape_latex(std::string_view text);

/// A cell of comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula
/// (it begins with = + - @, a tab or a line end) gets an apostrophe in front, as OWASP advises,
/// unless all of it is a number.
std::string escape_csv(std::string_view text);

/// A string of gnuplot in single quotes, within which it replaces nothing. What is
/// unprintable becomes a space; "]]>", which its SVG terminal would leave as it is, is broken up.
/// At most `longest` characters, for labels have to fit.
std::string quote_gnuplot(std::string_view text, std::size_t longest);

/// The same for the label of a tic, which gnuplot takes for the format of a number: '%' twice.
std::string quote_gnuplot_tic(std::string_view text, std::size_t longest);

enum class LineEnds { keep, escape };

/// For a terminal: what is unprintable as programmers write it, \x1b, \u202e, \xff.
std::string printable(std::string_view text, LineEnds line_ends);

/// The number of characters; a broken byte is one.
std::size_t character_count(std::string_view text);

/// At most `longest` characters: where there are more, the last one is an ellipsis.
std::string shortened(std::string_view text, std::size_t longest);

}  // namespace steppe::report
