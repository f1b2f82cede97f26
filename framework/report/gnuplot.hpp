// Figures, drawn by gnuplot: a child process that gets its script and its numbers as files in a
// temporary folder; no shell is between. What was drawn before is not drawn again. Where gnuplot is
// not installed there are no figures, and a sentence says what to do.
#pragma once

#include "framework/report/drawings.hpp"
#include "framework/report/plot.hpp"

#include <string>
#include <vector>

namespace steppe::report {

struct Figure {
  std::string id;
  std::string caption;
  std::string svg;  ///< an <svg> element, fit for being put into a page beside others
  std::string pdf;  ///< the bytes of a file; empty where gnuplot writes no PDF
};

struct Figures {
  std::vector<Figure> drawn;
  std::vector<std::string> notes;  ///< what is missing and why
};

/// `before`: where drawings are found and kept; may be null. Never throws for what gnuplot does:
/// that is a note.
Figures draw(const std::vector<Plot>& plots, Drawings* before = nullptr);

/// Gnuplot's SVG as an element of a page: without the head of the file and tool tips, with ids that
/// begin with `id`, labelled with `caption`. "" when there is no SVG in it.
std::string svg_element(const std::string& svg, const std::string& id, const std::string& caption);

}  // namespace steppe::report
