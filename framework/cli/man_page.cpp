// steppe(1) in roff, with the macros of man(7).
#include "framework/cli/manual.hpp"

#include <fmt/format.h>

namespace steppe::cli {

namespace {

/// Text as roff takes it: no escapes, no requests by accident, hyphens that stay what they are.
std::string roff(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char c : text) {
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_start = c == '\n';
  }
  return out;
}

std::string heading_of(const Argument& argument) {
  std::string out;
  for (const auto& name : argument.names)
    out += fmt::format("{}\\fB{}\\fR", out.empty() ? "" : ", ", roff(name));
  if (!argument.value.empty()) out += fmt::format(" \\fI{}\\fR", roff(argument.value));
  return out;
}

void add(std::string& out, const Argument& argument) {
  out += fmt::format(".TP\n{}\n{}{}\n", heading_of(argument), roff(argument.text),
                     argument.required ? " (required)" : "");
}

void add(std::string& out, const Command& command) {
  out += fmt::format(".SS steppe {}", roff(command.name));
  for (const auto& place : command.places)
    out += place.required ? fmt::format(" {}", roff(place.value))
                          : fmt::format(" [{}]", roff(place.value));
  out += fmt::format("\n{}\n", roff(command.summary));
  for (const auto& place : command.places) add(out, place);
  for (const auto& option : command.options) add(out, option);
  out += fmt::format(".PP\nExample:\n.PP\n.nf\n.RS\n{}\n.RE\n.fi\n", roff(command.example));
}

}  // namespace

std::string man_page(const Manual& manual, std::string_view version) {
  auto out = fmt::format(".TH STEPPE 1 \"\" \"steppe {}\" \"User Commands\"\n", roff(version));
  out += ".SH NAME\nsteppe \\- pipelines of physics machine learning\n";
  out += ".SH SYNOPSIS\n\\fBsteppe\\fR \\fICOMMAND\\fR [\\fIOPTIONS\\fR]\n";
  out += fmt::format(".SH DESCRIPTION\n{}\n", roff(manual.summary));
  out += ".SH OPTIONS\n";
  for (const auto& option : manual.options) add(out, option);
  out += ".SH COMMANDS\n";
  for (const auto& command : manual.commands) add(out, command);
  out += fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", roff(manual.notes));
  return out;
}

}  // namespace steppe::cli
