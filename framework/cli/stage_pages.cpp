// The pages of docs/stages and the keys in docs/pipeline.md: Markdown made of what plugins and the
// host say about themselves.
#include "framework/cli/stage_text.hpp"
#include "framework/data/dataset.hpp"

#include <fmt/format.h>

namespace steppe::cli {

namespace {

constexpr std::string_view begin_mark =
    "<!-- From here written by `steppe docs --keys`; change framework/pipeline/file_parts.cpp. "
    "-->\n";
constexpr std::string_view end_mark = "<!-- To here. -->\n";

constexpr std::string_view notice =
    "<!-- Written by `steppe docs`; change the texts in the plugins, not here. -->\n";

/// Text of a schema as Markdown: what is between backquotes is code already, the rest has nothing
/// that means something to Markdown.
std::string markdown(std::string_view text) {
  std::string out;
  bool code = false;
  for (const char c : text) {
    if (c == '`') code = !code;
    const bool special = c == '|' || (!code && (c == '*' || c == '<' || c == '[' || c == '_'));
    if (special) out += '\\';
    out += c;
  }
  return out;
}

std::string settings_table(const std::vector<plugin::Parameter>& parameters) {
  std::string out = "| setting | what it is | type, range | default |\n|---|---|---|---|\n";
  for (const auto& p : parameters)
    out += fmt::format("| `{}` | {} | {} | {} |\n", p.name, markdown(p.text), markdown(facts(p)),
                       p.required ? "**required**" : fmt::format("`{}`", default_text(p)));
  return out;
}

std::string example_block(std::string example) {
  while (example.ends_with('\n')) example.pop_back();
  return fmt::format("\n```toml\n{}\n```\n", example);
}

std::string stage_section(const plugin::StageInfo& stage) {
  auto out = fmt::format("\n## {}\n\n{}\n", markdown(stage.name), markdown(stage.summary));
  if (!stage.text.empty()) out += fmt::format("\n{}\n", markdown(stage.text));
  if (!stage.parameters.empty()) out += fmt::format("\n{}", settings_table(stage.parameters));
  if (!stage.source.empty()) out += fmt::format("\nSource: {}\n", markdown(stage.source));
  if (!stage.example.empty()) out += example_block(stage.example);
  return out;
}

std::string part_section(const pipeline::FilePart& part) {
  auto out = fmt::format("\n## `{}`\n\nWhat it is: {}.\n\n{}\n", part.written,
                         markdown(part.summary), markdown(part.text));
  if (!part.keys.empty()) out += fmt::format("\n{}", settings_table(part.keys));
  return out + example_block(part.example);
}

/// What stages are there for, with the pages of their settings.
std::string kinds_table(const plugin::Catalogue& catalogue) {
  std::string out = "\n| heading | what it is for | what it gives |\n|---|---|---|\n";
  for (const auto& kind : plugin::kinds())
    if (kind.name != "layer" && !catalogue.names(kind.name).empty())
      out += fmt::format("| [`[{0}.NAME]`](stages/{0}.md) | {1} | {2} |\n", kind.name,
                         markdown(kind.summary), kind.gives);
  return out;
}

std::string link_to(const plugin::StageInfo& stage) {
  return fmt::format("[{}]({}.md#{})", markdown(stage.name), stage.kind, stage.name);
}

}  // namespace

std::string kind_page(const plugin::Kind& kind, const plugin::Catalogue& catalogue) {
  auto out = fmt::format("{}# Stages of the kind `{}`\n\nWhat it is for: {}. What it gives: {}.\n",
                         notice, kind.name, kind.summary, kind.gives);
  if (!kind.wiring.empty())
    out += fmt::format("\nEvery `[{}.*]` heading takes, beside the settings of its stage:\n\n{}",
                       kind.name, settings_table(kind.wiring));
  for (const auto& name : catalogue.names(kind.name))
    out += stage_section(*catalogue.find(kind.name, name));
  return out;
}

std::string kinds_page(const plugin::Catalogue& catalogue) {
  std::string out =
      std::string{notice} +
      "# Stages\n\nWhat comes with Steppe, by kind. `steppe describe STAGE` says the same, also of "
      "plugins that are not listed here.\n\n| kind | what it is for | stages |\n|---|---|---|\n";
  for (const auto& kind : plugin::kinds()) {
    std::vector<std::string> links;
    for (const auto& name : catalogue.names(kind.name))
      links.push_back(link_to(*catalogue.find(kind.name, name)));
    if (!links.empty())
      out += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", kind.name, markdown(kind.summary),
                         fmt::join(links, ", "));
  }
  return out;
}

std::string with_file_parts(const std::string& page, const std::string& name,
                            const plugin::Catalogue& catalogue) {
  const auto begin = page.find(begin_mark);
  const auto end = page.find(end_mark, begin);
  if (begin == std::string::npos || end == std::string::npos)
    throw data::DataError{fmt::format("'{}' has no lines '{}' and '{}' to write between", name,
                                      begin_mark.substr(0, begin_mark.size() - 1),
                                      end_mark.substr(0, end_mark.size() - 1))};
  auto out = page.substr(0, begin + begin_mark.size());
  for (const auto& part : pipeline::file_parts()) {
    out += part_section(part);
    if (part.name == "stage") out += kinds_table(catalogue);
  }
  return out + "\n" + page.substr(end);
}

}  // namespace steppe::cli
