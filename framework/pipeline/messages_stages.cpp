// Settings, references between stages, and what attacks move.
#include "framework/pipeline/message_words.hpp"
#include "framework/pipeline/messages.hpp"
#include "framework/pipeline/substitute.hpp"

#include <steppe/nearest.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline::message {

namespace {

/// " (radius of the max-norm ball)" or nothing.
std::string documentation(const plugin::Parameter& parameter) {
  return parameter.text.empty() ? "" : fmt::format(" ({})", parameter.text);
}

/// "data set" for "dataset".
std::string_view spoken(std::string_view kind) { return kind == "dataset" ? "data set" : kind; }

std::string type_of(const plugin::Parameter& parameter) {
  return parameter.choices.empty() ? std::string{describe(parameter.type)} : parameter.range();
}

std::string described(const Node& node) {
  const auto text = plain_text(node);
  return node.text() ? fmt::format("the text '{}'", text) : text;
}

}  // namespace

std::string unknown_setting(std::string_view title, std::string_view key, const Names& known) {
  if (key == "extends")
    return fmt::format("{} has no setting 'extends'; write it above the first heading", title);
  return fmt::format("{} has no setting '{}'{}", title, key, suggestion(key, known, "it has"));
}
std::string missing_setting(std::string_view title, const plugin::Parameter& parameter) {
  return fmt::format("{} needs the setting '{}'{}", title, parameter.name,
                     documentation(parameter));
}
std::string wrong_type(std::string_view subject, const plugin::Parameter& parameter,
                       const Node& got) {
  return fmt::format("{}'{}' must be {}, not {}{}", parameter.is_array ? "each item of " : "",
                     subject, type_of(parameter), described(got), documentation(parameter));
}
std::string out_of_range(std::string_view subject, const plugin::Parameter& parameter,
                         const Node& got) {
  const auto range = parameter.range();
  return fmt::format("'{}' = {} is {}{}", subject, plain_text(got),
                     range.empty() ? "no number" : "outside " + range, documentation(parameter));
}
std::string no_choice(std::string_view subject, const plugin::Parameter& parameter,
                      const std::string& got) {
  return fmt::format("'{}' = '{}' is not {}{}{}", subject, got, parameter.range(),
                     did_you_mean(got, parameter.choices), documentation(parameter));
}

std::string unknown_stage(std::string_view kind, std::string_view name,
                          const plugin::Catalogue& catalogue) {
  const auto known = catalogue.names(kind);
  auto out = fmt::format("there is no {} '{}'{}", kind, name,
                         known.empty() ? "; no plugin of this kind was found"
                                       : suggestion(name, known, "'use' may be"));
  for (const auto& library : catalogue.set_aside())
    if (library.library.stem() == name)
      out += fmt::format("; '{}' was set aside: {}", library.library.filename().string(),
                         library.reason);
  return out;
}
std::string unknown_reference(std::string_view kind, std::string_view name, const Names& known,
                              std::string_view is) {
  if (!is.empty() && is != kind && !known.empty())
    return fmt::format("'{}' is {} and not {}; there are {}", name, with_article(is),
                       with_article(spoken(kind)), quoted_list(known));
  return fmt::format("there is no {} '{}'{}", spoken(kind), name,
                     suggestion(name, known, "there are"));
}
std::string no_transform(std::string_view data, std::string_view transform, const Names& known) {
  return fmt::format("there is no data set '{}', for there is no heading [transform.{}]{}", data,
                     transform, suggestion(data, known, "there are"));
}
std::string needs_heading(std::string_view kind, std::string_view name,
                          const plugin::Parameter& required) {
  return fmt::format("{} '{}' needs a heading [{}.{}] with '{}'{}", kind, name, kind, name,
                     required.name, documentation(required));
}
std::string circle_of_data(const Names& names) {
  return fmt::format("a circle of data sets: '{}'", fmt::join(names, "' is made of '"));
}
std::string same_branch(std::string_view where, std::string_view first, std::string_view second,
                        std::string_view branch) {
  if (first == second) return fmt::format("{}: '{}' is named twice", where, first);
  return fmt::format("{}: '{}' and '{}' are both called '{}' there", where, first, second, branch);
}
std::string several_data_sets(std::string_view transform, const Names& names) {
  return fmt::format("transform '{}' gives {} data sets; name one of {}", transform, names.size(),
                     quoted_list(names));
}
std::string named_twice(std::string_view subject, std::string_view name) {
  return fmt::format("'{}' names '{}' twice", subject, name);
}
std::string empty_list(std::string_view subject) {
  return fmt::format("'{}' must name at least one", subject);
}
std::string empty_split(std::string_view split) {
  return fmt::format("the split '{}' holds no events: 'pipeline.splits' gives it the fraction 0",
                     split);
}

std::string settings_of_comparison(std::string_view metric) {
  return fmt::format(
      "metric '{}' looks at the whole study, so its settings must be the same at all points; use "
      "no "
      "axis in them",
      metric);
}

std::string only_for_events(std::string_view title, std::string_view setting) {
  return fmt::format("{} moves weights, and '{}' is for attacks on events; leave it out", title,
                     setting);
}
std::string scores_are_of_events(std::string_view attack) {
  return fmt::format(
      "attack '{}' moves weights, and scores are of moved events; name another one, or set its "
      "space = 'inputs'",
      attack);
}
std::string idle_pattern(std::string_view subject, std::string_view pattern, std::string_view what,
                         const Names& names, const Names& patterns) {
  const auto near = did_you_mean(pattern, patterns);
  return fmt::format("'{}': '{}' covers no {}{}", subject, pattern, what,
                     near.empty() ? fmt::format("; the first is '{}'", names.front()) : near);
}
std::string nothing_may_move(std::string_view title, std::string_view what) {
  return fmt::format("{}: 'move' and 'hold' leave no {} that may move", title, what);
}

}  // namespace steppe::pipeline::message
