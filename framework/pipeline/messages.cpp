#include "framework/pipeline/messages.hpp"

#include "framework/pipeline/substitute.hpp"

#include <steppe/nearest.hpp>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace steppe::pipeline::message {

namespace {

std::string quoted_list(const Names& names) {
  return fmt::format("'{}'", fmt::join(names, "', '"));
}

/// The nearest known word, or else all of them, or nothing.
std::string suggestion(std::string_view word, const Names& known, std::string_view which) {
  const auto near = did_you_mean(word, known);
  if (!near.empty() || known.empty()) return near;
  return fmt::format("; {} {}", which, quoted_list(known));
}

/// " (radius of the max-norm ball)" or nothing.
std::string documentation(const plugin::Parameter& parameter) {
  return parameter.text.empty() ? "" : fmt::format(" ({})", parameter.text);
}

/// "data set" for "dataset".
std::string_view spoken(std::string_view kind) { return kind == "dataset" ? "data set" : kind; }

std::string with_article(std::string_view kind) {
  const bool vowel = kind.starts_with('a') || kind.starts_with('o');
  return fmt::format("{} {}", vowel ? "an" : "a", kind);
}

std::string type_of(const plugin::Parameter& parameter) {
  return parameter.choices.empty() ? std::string{describe(parameter.type)} : parameter.range();
}

std::string described(const Node& node) {
  const auto text = plain_text(node);
  return node.text() ? fmt::format("the text '{}'", text) : text;
}

/// "has 2 classes", "is a real value"
std::string described(const Column& target) {
  return target.classes == 0 ? "is a real value" : fmt::format("has {} classes", target.classes);
}

}  // namespace

std::string file_is_folder(std::string_view file) {
  return fmt::format("'{}' is a folder; name a pipeline file in it", file);
}
std::string unreadable_file(std::string_view file, int reason) {
  return fmt::format("'{}' cannot be read: {}", file, std::strerror(reason));
}
std::string no_file(const std::filesystem::path& file, const Names& beside) {
  return fmt::format("there is no file '{}'{}", file.string(),
                     did_you_mean(file.filename().string(), beside));
}

std::string too_many_dots(std::size_t limit) {
  return fmt::format("a line with more than {} dots; a key has three parts at most", limit);
}
std::string text_with_nul() { return "the character U+0000 ends a text for plugins; leave it out"; }
std::string unknown_heading(std::string_view key, const Names& known) {
  return fmt::format("a pipeline file has no '{}'{}", key,
                     suggestion(key, known, "at its top level are"));
}
std::string not_a_table(std::string_view heading) {
  return fmt::format("'{}' must be a table: write it as a heading [{}]", heading, heading);
}
std::string heading_without_name(std::string_view kind) {
  return fmt::format("{} needs a name: write for example [{}.my_{}]", with_article(kind), kind,
                     kind);
}
std::string bad_heading_name(std::string_view name) {
  return fmt::format("'{}' cannot be the name of a stage; use letters, digits, '_' and '-'", name);
}
std::string layer_has_no_heading(std::string_view name) {
  return fmt::format("layers have no headings: a model calls '{}' by its name", name);
}
std::string none_is_no_attack() {
  return "'none' stands for no attack; give this stage another name";
}
std::string same_data_name(std::string_view name) {
  return fmt::format("a reader and a transform are both called '{}'; rename one of them", name);
}
std::string no_pipeline() {
  return "there is no heading [pipeline]; it gives the study its 'name'";
}
std::string bad_pipeline_name(std::string_view name) {
  return fmt::format(
      "'pipeline.name' = '{}' cannot name files; use at most 100 of a-z, 0-9, '_' and '-'", name);
}
std::string unknown_device(std::string_view name) {
  const Names known{"cpu", "gpu", "auto", "far"};
  return fmt::format("there is no device '{}'{}", name, suggestion(name, known, "there are"));
}
std::string device_not_there(std::string_view name, std::string_view why) {
  return fmt::format("device '{}' is not there: {}", name, why);
}
std::string no_plugin_folder(std::string_view folder) {
  return fmt::format("'pipeline.plugins': there is no folder '{}'", folder);
}
std::string bad_splits(double sum) {
  return fmt::format("the fractions of 'pipeline.splits' sum to {} instead of 1", sum);
}
std::string no_training_split() {
  return "'pipeline.splits' leaves no event to train on; 'train' must be above 0";
}

std::string unknown_name(std::string_view name, const Names& known) {
  const auto near = name.empty() ? "" : did_you_mean(name, known);
  return fmt::format("'{{{}}}' is no value and no axis of the matrix{}", name,
                     near.empty() ? "; a plain brace is '{{'" : near);
}
std::string axis_out_of_reach(std::string_view name) {
  return fmt::format(
      "'{{{}}}' is an axis of the matrix, which has no one value here; use it in a "
      "stage or in [evaluate]",
      name);
}
std::string value_out_of_reach(std::string_view name) {
  return fmt::format("value '{}' is not known here yet; values may use those above them", name);
}
std::string open_brace() { return "a '{' has no '}'; a plain brace is '{{'"; }
std::string no_such_value(std::string_view name, const Names& known) {
  return fmt::format("the file has no value '{}' to set{}", name, did_you_mean(name, known));
}
std::string value_not_scalar(std::string_view name) {
  return fmt::format("'values.{}' must be a text, a number, true or false", name);
}

std::string bad_axis(std::string_view name) {
  return fmt::format(
      "axis '{}' must be an array of texts, numbers or flags, or an integer n for "
      "the values 0 to n-1",
      name);
}
std::string empty_axis(std::string_view name) {
  return fmt::format("axis '{}' has no values, so the study would have no points", name);
}
std::string repeated_coordinate(std::string_view axis, std::string_view coordinate) {
  return fmt::format("axis '{}' has the value '{}' twice", axis, coordinate);
}
std::string axis_is_value(std::string_view name) {
  return fmt::format("'{}' is a value and an axis of the matrix; rename one of them", name);
}
std::string axis_test() {
  return "the axis 'test' is made by [evaluate]; give this one another name";
}
std::string bad_trial() {
  return "the axis 'trial' numbers the random streams: its values must be integers from 0";
}
std::string too_many_points(std::size_t limit) {
  return fmt::format("the matrix has more than {} points", limit);
}

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

std::string bad_range(std::string_view subject) {
  return fmt::format("'{}' must be two numbers, the lower end and the upper end", subject);
}
std::string too_many_columns(std::string_view subject, std::size_t count, std::size_t limit) {
  return fmt::format("'{}' covers {} columns, and {} can be shown; name fewer", subject, count,
                     limit);
}
std::string missing_column(std::string_view data, std::string_view column, std::string_view first) {
  return fmt::format("data set '{}' has no column '{}', which '{}' has", data, column, first);
}
std::string other_unit(const Column& column, std::string_view data, const Column& other,
                       std::string_view other_data) {
  return fmt::format("column '{}' has the unit '{}' in data set '{}' and '{}' in '{}'", column.name,
                     column.unit, data, other.unit, other_data);
}

std::string no_target(std::string_view data) {
  return fmt::format("data set '{}' has no target column: nothing says what is signal", data);
}
std::string bad_classes(std::string_view data, const Column& target) {
  return fmt::format(
      "target '{}' of data set '{}' has classes = {}; a target has two at least, or 0 where it is "
      "a "
      "real value",
      target.name, data, target.classes);
}
std::string wrong_loss(network::LossKind kind, std::string_view data, const Column& target) {
  using enum network::LossKind;
  const auto needs = kind == binary_cross_entropy ? "two classes"
                     : kind == cross_entropy      ? "three classes or more"
                                                  : "real values";
  return fmt::format("loss '{}' is for {}, and the target of data set '{}' {}; use '{}'",
                     network::name(kind), needs, data, described(target),
                     network::name(network::usual_loss(static_cast<std::size_t>(target.classes))));
}
std::string other_target(std::string_view data, const Column& has, std::string_view training,
                         const Column& wants) {
  return fmt::format(
      "data set '{}' does not fit the network trained on '{}': its target {}, and "
      "that of the training {}",
      data, training, described(has), described(wants));
}
std::string not_two_classes(std::string_view setting, std::string_view data, const Column& target) {
  return fmt::format(
      "'{}' chooses between two classes, and the target of data set '{}' {}; leave "
      "it out",
      setting, data, described(target));
}
std::string wrong_class_weights(std::size_t count, std::string_view data, const Column& target) {
  if (target.classes == 0)
    return fmt::format("'{}' is about classes, and the target of data set '{}' {}; leave it out",
                       count == 0 ? "balance_classes" : "class_weights", data, described(target));
  return fmt::format("'class_weights' has {} entries, and the target of data set '{}' {}", count,
                     data, described(target));
}
std::string no_features(std::string_view data) {
  return fmt::format("data set '{}' has no feature columns: a model would see nothing", data);
}
std::string other_features(std::string_view data, const Names& has, std::string_view training,
                           const Names& wants) {
  const auto [mine, theirs] = std::mismatch(has.begin(), has.end(), wants.begin(), wants.end());
  std::string difference;
  if (mine == has.end())
    difference = fmt::format("('{}') is missing", *theirs);
  else if (theirs == wants.end())
    difference = fmt::format("('{}') is one too many", *mine);
  else
    difference = fmt::format("is '{}' instead of '{}'", *mine, *theirs);
  return fmt::format("data set '{}' does not fit the network trained on '{}': feature {} {}", data,
                     training, mine - has.begin() + 1, difference);
}

std::string bad_requirement(std::string_view expected) {
  return fmt::format("expected {}; write for example \"auc(test='pythia') > 0.85\"", expected);
}
std::string unknown_axis(std::string_view name, const Names& axes) {
  return fmt::format("there is no axis '{}'{}", name, suggestion(name, axes, "there are"));
}
std::string unknown_coordinate(std::string_view axis, std::string_view coordinate,
                               const Names& known) {
  return fmt::format("axis '{}' has no '{}'{}", axis, coordinate,
                     suggestion(coordinate, known, "it has"));
}
std::string axis_selected_twice(std::string_view name) {
  return fmt::format("axis '{}' is selected twice", name);
}
std::string no_row_selected() { return "no point of the study has all these coordinates"; }
std::string unknown_value(std::string_view name, const Names& known) {
  return fmt::format("the study will give no value '{}'{}", name,
                     suggestion(name, known, "it will give"));
}
std::string unknown_value_of(std::string_view stage, std::string_view name, const Names& known) {
  return fmt::format("'{}' will give no value '{}'{}", stage, name,
                     suggestion(name, known, "it will give"));
}
std::string unknown_measure(std::string_view name, const Names& known) {
  return fmt::format("there is no sharpness measure and no metric of the whole study '{}'{}", name,
                     suggestion(name, known, "there are"));
}
std::string axis_not_there(std::string_view subject, std::string_view axis) {
  return fmt::format("values of {} do not depend on the axis '{}'; leave it out", subject, axis);
}
std::string bad_sigmas() { return "the number of sigmas after '@' must be above 0 and at most 30"; }
std::string sigmas_of_equality() {
  return "'@' needs a bound to stay away from: use '>', '>=', '<' or '<='";
}
std::string nothing_to_require() {
  return "a gate needs results; add a heading [evaluate] or [sharpness.<name>]";
}

std::string unused_heading(std::string_view kind, std::string_view name) {
  return fmt::format("[{}.{}] is not used by any point", kind, name);
}
std::string all_defaults(std::string_view kind, std::string_view name, std::string_view settings,
                         std::string_view moves) {
  return fmt::format("{} '{}' has no heading [{}.{}], so all is as by default{}{}{}", kind, name,
                     kind, name, settings.empty() && moves.empty() ? "" : ": ", settings,
                     settings.empty() || moves.empty() ? moves : fmt::format("; {}", moves));
}
std::string unused_axis(std::string_view name) {
  return fmt::format("axis '{}' is not used: its points differ in nothing{}", name,
                     did_you_mean(name, Names{"trial"}));
}
std::string attack_without_strength(std::string_view strength) {
  return fmt::format("'{}' is 0: the attack moves nothing", strength);
}
std::string unused_value(std::string_view name) {
  return fmt::format("value '{}' is not used; '{{{}}}' stands for it", name, name);
}
std::string repeated_gate(const Position& first) {
  return fmt::format("this gate is there already: {}", to_text(first));
}
std::string idle_huber_delta() { return "'huber_delta' is not used: it belongs to loss = 'huber'"; }
std::string sigmas_of_one_trial() {
  return "there is one trial: its sigma is that of the test sample, without the spread over "
         "trainings; give the axis 'trial' in [matrix] more";
}
std::string scores_of_training_events(std::string_view split) {
  return fmt::format(
      "split = \"{}\" has events that networks are trained on: of them they know more than of "
      "others",
      split);
}
std::string no_number(std::string_view metric, std::string_view reason) {
  return fmt::format("metric '{}' will have no number in this study: {}", metric, reason);
}
std::string nothing_measured() {
  return "nothing will be measured: there is no heading [evaluate]";
}
std::string nothing_trained() {
  return "nothing will be trained: there is no heading [trainer.<name>]";
}
std::string trained_in_f32(const Names& precisions, std::string_view why) {
  return fmt::format("precision '{}' {}: trained in f32", fmt::join(precisions, "' or '"), why);
}

}  // namespace steppe::pipeline::message
